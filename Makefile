# Spectrum: the compiler of Spectrum Suite. `make help` lists what can be made.

# What is built with what. BUILD holds objects, library and programs; another compiler wants another BUILD.
CC ?= gcc
CXX ?= g++
BUILD ?= out
OPT ?= -O2 -g
SANITIZE ?=
PREFIX ?= /usr/local
# V=1 shows whole command lines.
ifneq ($(V),1)
Q := @
endif
VERSION := 0.1.0

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif

WARN := -Wall -Wextra -Wconversion -Wshadow -Werror
# No fused multiply-add: random variates are the same bits on every machine.
COMMON := $(OPT) $(SANITIZE) $(WARN) -ffp-contract=off -fno-fast-math -Itools/lib -D_GNU_SOURCE -DSPECTRUM_VERSION='"$(VERSION)"' -MMD -MP -pthread
PACKAGES := libzstd libpcre2-8 sqlite3 libcurl libcrypto libarchive libxxhash libcjson sentencepiece zlib libbrotlidec libutf8proc
LIBS = -Wl,--as-needed -lzstd -lpcre2-8 -lsqlite3 -lcurl -lcrypto -larchive -lxxhash -lcjson -lcsv -lreadstat -lsnappy -lbrotlidec -lutf8proc -lz -lsentencepiece_train -lsentencepiece -lstdc++ -lm -pthread

LIB_C := $(sort $(shell find tools/lib -name '*.c'))
LIB_CC := $(sort $(shell find tools/lib -name '*.cc'))
LIB_O := $(LIB_C:%.c=$(BUILD)/obj/%.o) $(LIB_CC:%.cc=$(BUILD)/obj/%.o)
LIBRARY := $(BUILD)/lib/libspectrum.a
PROGRAM_C := $(sort $(wildcard tools/*.c))
PROGRAMS := $(patsubst tools/%.c,$(BUILD)/bin/spectrum-%,$(filter-out tools/spectrum.c,$(PROGRAM_C))) $(BUILD)/bin/spectrum
UNIT_C := $(sort $(wildcard tests/unit/*.c))
UNITS := $(UNIT_C:tests/unit/%.c=$(BUILD)/tests/%)

.PHONY: all
all: $(PROGRAMS)
	@:

# The command line of the compiler is a prerequisite of what it makes.
define compiler_stamp
$(CC) $(CXX) $(COMMON) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS)
endef
ifneq ($(filter-out clean distclean help suite suite-build suite-ready tokenizer tokenizer-build check interop bench fuzz deps,$(or $(MAKECMDGOALS),all)),)
$(shell mkdir -p $(BUILD) && printf '%s\n' "$(subst ",\",$(compiler_stamp))" | cmp -s - $(BUILD)/compiler || printf '%s\n' "$(subst ",\",$(compiler_stamp))" > $(BUILD)/compiler)
endif

$(BUILD)/obj/%.o: %.c $(BUILD)/compiler
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $<")
	$(Q)$(CC) -std=c17 $(COMMON) $(CFLAGS) -c -o $@ $<

$(BUILD)/obj/%.o: %.cc $(BUILD)/compiler
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CXX  $<")
	$(Q)$(CXX) -std=c++17 $(COMMON) $(CXXFLAGS) -c -o $@ $<

$(LIBRARY): $(LIB_O)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/bin/spectrum: $(BUILD)/obj/tools/spectrum.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK $@")
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/bin/spectrum-%: $(BUILD)/obj/tools/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK $@")
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK $@")
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/tests/unit/%.o: COMMON += -Itests

# Drives the tokenisers for tests/interop and tests/bench.
$(BUILD)/tests/encode_lines: $(BUILD)/obj/tests/interop/encode_lines.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK $@")
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

.PRECIOUS: $(BUILD)/obj/%.o $(BUILD)/obj/tests/unit/%.o
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# The suite. OUT holds what is built; RAW the raw files, which outlive `make clean`.
OUT ?= $(BUILD)
SEED ?= 42
FORMAT ?= spectrum
MAX_LENGTH ?= 1024
TOKENIZER ?= $(OUT)/tokenizers/spm32k.model
# hf:OWNER/NAME@REVISION: `spectrum fetch --tokenizer` puts it there.
override TOKENIZER_HF := $(filter hf:%,$(TOKENIZER))
ifneq ($(TOKENIZER_HF),)
override TOKENIZER := $(OUT)/tokenizers/$(subst /,--,$(TOKENIZER_HF:hf:%=%))/tokenizer.json
endif
# The name of a tokeniser: its file's, or its folder's when the file is called tokenizer.json or tokenizer.model.
TOKENIZER_NAME := $(if $(filter tokenizer.%,$(notdir $(TOKENIZER))),$(lastword $(notdir $(patsubst %/,%,$(dir $(abspath $(TOKENIZER)))))),$(basename $(notdir $(TOKENIZER))))
# 0 and no switch off what 1 switches on.
override SAMPLE := $(filter-out 0 no,$(SAMPLE))
override LARGE := $(filter-out 0 no,$(LARGE))
override STRICT := $(filter-out 0 no,$(STRICT))
ifneq ($(SAMPLE),)
RAW := $(OUT)/sample-raw
else
RAW ?= $(OUT)/raw
endif
STATE := $(OUT)/state
# Make divides lists of files at blanks.
$(foreach v,BUILD OUT RAW TOKENIZER,$(if $(word 2,$($v)),$(error $v should be a path without blanks, not '$($v)')))
SUITE_VARIABLES := OUT=$(OUT) BUILD=$(BUILD) RAW=$(RAW) SEED=$(SEED) FORMAT=$(FORMAT) MAX_LENGTH=$(MAX_LENGTH) TOKENIZER=$(TOKENIZER) TOKENIZER_NAME=$(TOKENIZER_NAME) SHARD_SIZE=$(SHARD_SIZE) SAMPLE=$(SAMPLE)
SUITE_MAKE = $(MAKE) --no-print-directory -f tools/suite.mk $(SUITE_VARIABLES)
SPECTRUM := $(BUILD)/bin/spectrum
FROM_MIRROR := $(if $(MIRROR),--mirror '$(MIRROR)')

.PHONY: deps suite suite-build suite-ready tokenizer
deps:
	@tools/deps.sh

# One build of OUT at a time. Programs of a build that was killed hold the lock until they end.
suite tokenizer: deps
	+@$(MAKE) --no-print-directory all
	@mkdir -p $(OUT) && test -w $(OUT) || { echo "OUT=$(OUT) cannot be written to; give another folder with OUT=DIR" >&2; exit 3; }
	+@flock -n $(OUT)/.lock true || echo "Another build works in $(OUT); waiting for it." >&2; \
		flock $(OUT)/.lock $(MAKE) --no-print-directory $@-build

# Sweep what killed builds left, fetch what is missing, then see what there is.
suite-ready:
	@rm -rf $(STATE)/failed; mkdir -p $(STATE) $(RAW)
	@find $(addprefix $(OUT)/,instances sequences tokens tokenizers shards state) -regex '.*\.[0-9]+\.tmp' -prune -exec rm -rf {} + 2>/dev/null || true
ifneq ($(SAMPLE),)
	@link() { for s; do [ ! -d "$$s/sample" ] || ln -sfn "$$(cd "$$s/sample" && pwd)" "$(RAW)/$$(basename "$$s")"; done; }; link sources/*; \
		IFS=:; for d in $$SPECTRUM_SOURCES; do link "$$d"/*; done; unset IFS; link $(foreach s,$(SOURCES),$(if $(findstring /,$s),$s))
else
	@SPECTRUM_RAW=$(RAW) $(SPECTRUM) fetch --quiet $(FROM_MIRROR) $(if $(LARGE),--large) $(SOURCES) || test $$? -ne 2
endif
ifneq ($(TOKENIZER_HF),)
	@$(SPECTRUM) fetch --quiet $(FROM_MIRROR) --raw $(OUT)/tokenizers --tokenizer $(TOKENIZER_HF) >/dev/null
else ifneq ($(TOKENIZER),$(OUT)/tokenizers/spm32k.model)
	@test -f '$(TOKENIZER)' && test -r '$(TOKENIZER)' || { echo "TOKENIZER=$(TOKENIZER): there is no such file; give a .model, a tokenizer.json or hf:OWNER/NAME@REVISION" >&2; exit 2; }
endif
	@SPECTRUM_RAW=$(RAW) $(SPECTRUM) sources --make $(STATE) $(TASKS:%=--task %) $(SOURCES)

suite-build: suite-ready
	+@$(SUITE_MAKE) -k sequences || true
	+@$(SUITE_MAKE) shards
	@SPECTRUM_RAW=$(RAW) $(SPECTRUM) report $(if $(STRICT),--strict) $(if $(SAMPLE),--sample,$(FROM_MIRROR)) $(if $(LARGE),--large) --out $(OUT) --name $(TOKENIZER_NAME)-$(FORMAT)-$(MAX_LENGTH) $(TASKS:%=--task %) $(SOURCES)
	@failed=$$(ls $(STATE)/failed 2>/dev/null); [ -z "$$failed" ] || { echo "These sources failed: $$failed" >&2; exit 1; }

# Trains the default tokeniser anew, on what the chosen sources draw; the next `make suite` makes all tokens with it.
tokenizer-build: suite-ready
	+@$(SUITE_MAKE) -k sequences
	@rm -f $(OUT)/tokenizers/spm32k.model
	+@$(SUITE_MAKE) tokenizer

# Tests: unit tests (tests/unit/*.c) and command tests (tests/command/*.sh). TESTS='fetch*' runs some.
TESTS ?= *
.PHONY: check check-programs check-deps
check-deps:
	@tools/deps.sh --tests
check-programs: $(PROGRAMS) $(UNITS)
	@:
check: check-deps
	+@$(MAKE) --no-print-directory check-programs
	@BUILD='$(abspath $(BUILD))' tests/run '$(TESTS)'

# Against the real peers, from PyPI, in a virtual environment.
.PHONY: interop bench
interop: check-deps
	+@$(MAKE) --no-print-directory check-programs $(BUILD)/tests/encode_lines
	@BUILD=$(abspath $(BUILD)) tests/interop/run
bench:
	+@$(MAKE) --no-print-directory all $(BUILD)/tests/encode_lines
	@BUILD=$(abspath $(BUILD)) tests/bench/run

# Fuzzers (tests/fuzz/fuzz_*.c, with clang's libFuzzer): each runs for FUZZ_SECONDS and starts from FUZZ_SEEDS and what it found before. FUZZ=fuzz_parquet runs one,
# FUZZ_SEED=1 begins with the same changes every time (0: others every time).
FUZZ ?= $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_SECONDS ?= 60
FUZZ_SEED ?= 0
FUZZ_SEEDS ?= tests/data
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/bin/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_FLAGS = -seed=$(FUZZ_SEED) -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=20 -rss_limit_mb=3000 -verbosity=0 -print_final_stats=1 -artifact_prefix=$(BUILD)/fuzz/
.PHONY: fuzz fuzz-programs
fuzz-programs: $(FUZZERS)
fuzz:
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=clang CXX=clang++ OPT='-O1 -g' \
		SANITIZE='-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all' fuzz-programs
	@for f in $(FUZZ); do mkdir -p $(BUILD)/fuzz/corpus/$$f && $(BUILD)/fuzz/bin/$$f $(FUZZ_FLAGS) $(BUILD)/fuzz/corpus/$$f $(FUZZ_SEEDS) || exit 1; done

$(BUILD)/bin/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LINK $@")
	$(Q)$(CXX) $(SANITIZE) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: install
DESTDIR ?=
SHARE = $(DESTDIR)$(PREFIX)/share
install: all
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(SHARE)/man/man1' '$(SHARE)/bash-completion/completions' '$(SHARE)/spectrum/formats'
	install $(PROGRAMS) '$(DESTDIR)$(PREFIX)/bin'
	cp -R sources schemas '$(SHARE)/spectrum'
	cp tools/formats/*.json '$(SHARE)/spectrum/formats'
	@for p in $(PROGRAMS); do $$p --help=man > '$(SHARE)'/man/man1/$$(basename $$p).1 || exit 1; done
	@for p in $(filter-out $(BUILD)/bin/spectrum,$(PROGRAMS)); do $$p --help=bash || exit 1; done > '$(SHARE)/bash-completion/completions/spectrum'
	cat tools/completion.bash >> '$(SHARE)/bash-completion/completions/spectrum'

# Warnings of clang-tidy (.clang-tidy) and cppcheck are errors.
.PHONY: lint format
LINT_C := $(LIB_C) $(PROGRAM_C)
lint:
	printf '%s\n' $(LINT_C) | xargs -P 2 -n 8 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$$@" -- -std=c17 -D_GNU_SOURCE -Itools/lib' tidy
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem -j 2 -D_GNU_SOURCE -Itools/lib $(LINT_C)
format:
	clang-format -i $(LIB_C) $(LIB_CC) $(PROGRAM_C) $(UNIT_C) $(shell find tools tests -name '*.h')

.PHONY: clean distclean help
clean:
	@for f in $(BUILD)/* $(BUILD)/.lock; do case "$$f" in */raw) ;; *) rm -rf "$$f" ;; esac; done
distclean:
	rm -rf $(BUILD)

help:
	@echo "make                 the programs, in $(BUILD)/bin"
	@echo "make suite           fetch all sources and build the shards, in $(OUT)/shards"
	@echo "make check           the tests; TESTS='fetch*' runs some"
	@echo "make interop         tests against the packages of others, from PyPI"
	@echo "make bench           speed, as ratios to other programs"
	@echo "make fuzz            fuzzers of the readers, FUZZ_SECONDS=$(FUZZ_SECONDS) each (clang)"
	@echo "make tokenizer       train the default tokeniser anew"
	@echo "make install         programs, sources, formats, schemas and man pages into PREFIX=$(PREFIX)"
	@echo "make clean           removes what was built, keeps raw files;  make distclean removes these too"
	@echo
	@echo "Variables of make suite (with their present values):"
	@echo "  MIRROR=$(MIRROR)           take raw files from this folder, MIRROR/SOURCE/PATH, not from the network"
	@echo "  SAMPLE=$(SAMPLE)           1: build from the small hand-made samples, offline"
	@echo "  SOURCES=$(SOURCES)          only these sources (names or folders);  TASKS=$(TASKS)  only these tasks"
	@echo "  LARGE=$(LARGE)            1: download files of more than 100 MB too"
	@echo "  STRICT=$(STRICT)           1: fail when anything could not be built"
	@echo "  SEED=$(SEED) FORMAT=$(FORMAT) MAX_LENGTH=$(MAX_LENGTH) SHARD_SIZE=$(SHARD_SIZE)"
	@echo "  TOKENIZER=$(TOKENIZER)"
	@echo "            a SentencePiece .model, a tokenizer.json, or hf:OWNER/NAME@REVISION (fetched; HF_TOKEN for gated ones)"
	@echo "  OUT=$(OUT) RAW=$(RAW)"
