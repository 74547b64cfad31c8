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
PACKAGES := libzstd libpcre2-8 sqlite3 libcurl libcrypto libarchive libxxhash libcjson sentencepiece zlib libbrotlidec
LIBS = -Wl,--as-needed -lzstd -lpcre2-8 -lsqlite3 -lcurl -lcrypto -larchive -lxxhash -lcjson -lcsv -lreadstat -lsnappy -lbrotlidec -lz -lsentencepiece_train -lsentencepiece -lstdc++ -lm -pthread

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

# The command line of the compiler is a prerequisite of what it makes.
define compiler_stamp
$(CC) $(CXX) $(COMMON) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS)
endef
ifneq ($(filter-out clean distclean help suite deps,$(or $(MAKECMDGOALS),all)),)
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

.PRECIOUS: $(BUILD)/obj/%.o $(BUILD)/obj/tests/unit/%.o
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# Tests: unit tests (tests/unit/*.c) and command tests (tests/command/*.sh). TESTS='fetch*' runs some.
TESTS ?= *
.PHONY: check check-programs
check-programs: $(PROGRAMS) $(UNITS)
check: check-programs
	@BUILD=$(abspath $(BUILD)) tests/run '$(TESTS)'

.PHONY: format
format:
	clang-format -i $(LIB_C) $(LIB_CC) $(PROGRAM_C) $(UNIT_C) $(shell find tools tests -name '*.h')

.PHONY: clean distclean
clean:
	@for f in $(BUILD)/*; do case "$$f" in */raw) ;; *) rm -rf "$$f" ;; esac; done
distclean:
	rm -rf $(BUILD)
