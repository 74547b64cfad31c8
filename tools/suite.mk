# The build graph of `make suite`: raw files → instances → sequences → tokens → shards. The Makefile calls it
# under the lock of OUT, after `spectrum fetch`, with all variables set:
#   make -k -f tools/suite.mk sequences    what can be built of every source
#   make -f tools/suite.mk shards          the rest, of the sources that were built
# state/sources.mk (written by `spectrum sources --make`) tells the sources that have raw files, READY, and what each depends on.

STATE := $(OUT)/state
BIN := $(BUILD)/bin
SPECTRUM := $(BIN)/spectrum
NAME := $(TOKENIZER_NAME)-$(FORMAT)-$(MAX_LENGTH)
TOKENS := $(OUT)/tokens/$(NAME)
SHARDS := $(OUT)/shards/$(NAME)
Q := @
export SPECTRUM_RAW := $(RAW)

.DELETE_ON_ERROR:
.PHONY: sequences shards tokenizer

include $(STATE)/sources.mk

# A file that holds a value, or a copy of a program, and changes only when that does. What depends on it is rebuilt then and only then.
content = $(shell mkdir -p $(STATE)/content; printf '%s\n' '$(2)' | cmp -s - $(STATE)/content/$(1) || printf '%s\n' '$(2)' > $(STATE)/content/$(1))$(STATE)/content/$(1)
same = $(shell mkdir -p $(STATE)/$(1); cmp -s $(2) $(STATE)/$(1)/$(notdir $(2)) || cp $(2) $(STATE)/$(1)/$(notdir $(2)))$(STATE)/$(1)/$(notdir $(2))
program = $(call same,program,$(BIN)/spectrum-$(1))

SEED_FILE := $(call content,seed,$(SEED))
# A source that failed in this run keeps what it had, but does not go on; nor does one of which no task has its files.
WITH_TASKS := $(patsubst $(STATE)/adapt/%.json,%,$(shell grep -ls '"built":true' $(STATE)/adapt/*.json))
BUILT := $(filter-out $(notdir $(wildcard $(STATE)/failed/*)),$(filter $(WITH_TASKS),$(READY)))

# $(call run,VERB,what,command…): one line for the reader; messages go to a log and are shown on failure.
run = echo "  $(1) $(2)"; mkdir -p $(STATE)/log $(STATE)/failed; $(3) 2> $(STATE)/log/$(2).$(1) || { status=$$?; touch $(STATE)/failed/$(2); cat $(STATE)/log/$(2).$(1) >&2; exit $$status; }

# These may be missing when what was made of them is there. The tokeniser may not: tokens of another would be left.
.SECONDARY: $(foreach s,$(READY),$(OUT)/instances/$(s).jsonl.zst $(OUT)/sequences/$(s).jsonl.zst $(TOKENS)/$(s)/index.json)

sequences: $(READY:%=$(OUT)/sequences/%.jsonl.zst)
	@:

$(OUT)/instances/%.jsonl.zst: $(SEED_FILE) $(call program,adapt)
	@mkdir -p $(STATE)/adapt
	$(Q)$(call run,ADAPT,$*,$(SPECTRUM) adapt '$(FOLDER_$*)' $(ARGS_$*) --allow-missing --seed $(SEED) --stats $(STATE)/adapt/$*.json -o $@)

$(OUT)/sequences/%.jsonl.zst: $(OUT)/instances/%.jsonl.zst $(SEED_FILE) $(call program,draw)
	$(Q)$(call run,DRAW,$*,$(SPECTRUM) draw --seed $(SEED) -o $@ $<)

# Kept until `make tokenizer`: a tokeniser that changed with every new source would make all shards new.
ifeq ($(TOKENIZER),$(OUT)/tokenizers/spm32k.model)
# One that was trained on samples does for samples only.
ifeq ($(SAMPLE),)
$(shell ! grep -qs '(samples)' $(STATE)/tokenizer || rm -f $(TOKENIZER) $(STATE)/tokenizer)
endif
$(TOKENIZER): | $(BUILT:%=$(OUT)/sequences/%.jsonl.zst)
	$(Q)$(call run,TRAIN,tokenizer,$(SPECTRUM) train-tokenizer --seed $(SEED) -o $@ $(BUILT:%=$(OUT)/sequences/%.jsonl.zst))
	@echo ' $(BUILT) $(if $(SAMPLE),(samples)) ' > $(STATE)/tokenizer
endif
tokenizer: $(TOKENIZER)
	@:

FORMAT_FILES := $(foreach f,$(wildcard tools/formats/*),$(call same,formats,$(f)))
$(TOKENS)/%/index.json: $(OUT)/sequences/%.jsonl.zst $(TOKENIZER) $(FORMAT_FILES) $(call program,tokenize)
	$(Q)$(call run,TOKENIZE,$*,$(SPECTRUM) tokenize --tokenizer $(TOKENIZER) --format $(FORMAT) --max-length $(MAX_LENGTH) $(if $(SAMPLE),--sample) --stats $(STATE)/tokenize/$(NAME)/$*.json -o $(@D) $<)

# Shards that somebody removed are made again.
PACKED := $(STATE)/packed/$(NAME)
ifeq ($(wildcard $(SHARDS)/*/index.json),)
$(shell rm -f $(PACKED))
endif
shards: $(if $(BUILT),$(PACKED))
	@:
$(PACKED): $(BUILT:%=$(TOKENS)/%/index.json) $(call program,pack) $(SEED_FILE) $(call content,$(NAME)-packed,$(BUILT) $(SHARD_SIZE))
	@mkdir -p $(@D)
	$(Q)$(call run,PACK,$(NAME),$(SPECTRUM) pack --seed $(SEED) $(SHARD_SIZE:%=--shard-size %) -o $(SHARDS) $(BUILT:%=$(TOKENS)/%))
	@touch $@
