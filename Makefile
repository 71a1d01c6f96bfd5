# Laymanz. `make` alone prints what can be made; every product is in build/, which may be deleted at any time.

CC    ?= cc
EMCC  ?= emcc
PORT  ?= 8000
JOBS  ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)

ML_C    := $(sort $(wildcard src/ml/*/*.c))
LABS_C  := $(sort $(wildcard src/labs/*.c))
CLI_C   := $(sort $(wildcard src/cli/*.c))
UNIT_C  := $(sort $(wildcard tests/unit/*/test_*.c))
HEADERS := $(sort $(wildcard src/*/*.h src/*/*/*.h))
LESSONS := $(sort $(shell find lessons -type f))
WEB     := $(sort $(shell find web -name node_modules -prune -o -type f -print))

# -fno-math-errno: sqrt is one instruction then; its bits are the same.
CFLAGS   := -std=c11 -O3 -g -fno-math-errno -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion $(if $(CI),-Werror) \
            -ffp-contract=off
SANITIZE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
INCLUDE  := -Isrc -Isrc/ml -Isrc/labs -Isrc/checks

.PHONY: help setup serve site test bench bench-peers bench-torch bench-sklearn check mutants clean
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

serve: setup ## build everything and serve the site; prints its address
	@$(MAKE) -j$(JOBS) site
	@node web/site/serve.mjs --port $(PORT) build/site

# What each of several targets at a time prints stays together, where make can do that (from 4.0 on). The longest first.
WHOLE := $(if $(filter output-sync,$(.FEATURES)),--output-sync)
test: ## every test there is; sets up what is missing
	@sh .ci/setup test
	@$(MAKE) -j$(JOBS) site $(PARITY) \
	    $(UNIT_TESTS:%=build/native/unit/%) $(UNIT_TESTS:%=build/sanitized/unit/%)
	@$(MAKE) -j$(JOBS) $(WHOLE) test-challenges test-cli test-sanitized test-unit test-parity test-site test-types \
	    test-example test-lessons test-spelling
	@$(MAKE) -j$(JOBS) test-fuzz
	@$(MAKE) test-web
	@echo 'All tests passed.'

setup:
	@sh .ci/setup

# --- The library, natively: plain, and with sanitizers ----------------------------------------------------------------

build/native/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

build/sanitized/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANITIZE) $(INCLUDE) -MMD -MP -c $< -o $@

# Lines that tests run are counted at -O0, where each line still has code of its own.
COVERAGE := --coverage -O0
build/coverage/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(COVERAGE) $(INCLUDE) -MMD -MP -c $< -o $@

# For libFuzzer, which is a part of clang, though not of Apple's.
FUZZ_CC ?= clang
FUZZ    := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
build/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CFLAGS) $(FUZZ) $(INCLUDE) -MMD -MP -c $< -o $@

-include $(shell find build/native build/sanitized build/coverage build/fuzz build/wasm build/pic -name '*.d' 2>/dev/null)

# Every lab in src/labs is found here: there is no list to edit. What belongs to no lab is lab.c and lab_*.c.
build/gen/labs.c: src/labs $(LABS_C)
	@mkdir -p $(@D)
	@{ echo '/* Written by make: every lab in src/labs. */'; echo '#include "lab.h"'; \
	   names='$(filter-out lab lab_%,$(basename $(notdir $(LABS_C))))'; \
	   for n in $$names; do echo "extern const lab lab_$$(echo $$n | tr - _);"; done; \
	   echo 'const lab *const lab_list[] = {'; \
	   for n in $$names; do echo "    &lab_$$(echo $$n | tr - _),"; done; \
	   echo '};'; echo 'const int32_t lab_list_length = sizeof lab_list / sizeof *lab_list;'; } > $@

# The files that labs declare (lab.h: data), for native programs; in the page they are files of the site.
LAB_DATA := $(addprefix lessons/data/,$(sort $(shell sed -n 's/^ *\.data = "\(.*\)",$$/\1/p' $(LABS_C))))
build/gen/data.c: $(LAB_DATA) $(LABS_C)
	@mkdir -p $(@D)
	@{ echo '/* Written by make: the files that labs declare. */'; echo '#include "lab.h"'; i=0; \
	   for f in $(LAB_DATA); do i=$$((i + 1)); echo "static const unsigned char file_$$i[] = {"; \
	       od -An -v -tu1 $$f | sed 's/  */,/g; s/^,//; s/$$/,/'; echo '};'; done; i=0; \
	   echo 'const lab_file lab_file_list[] = {'; \
	   for f in $(LAB_DATA); do i=$$((i + 1)); echo "    {\"$${f##*/}\", file_$$i, sizeof file_$$i},"; done; \
	   echo '    {0},'; echo '};'; \
	   echo "const int32_t lab_file_list_length = $$i;"; } > $@

define libraries
build/$(1)/libml.a: $(ML_C:%.c=build/$(1)/%.o)
	@rm -f $$@
	ar rcs $$@ $$^

build/$(1)/liblabs.a: $(LABS_C:%.c=build/$(1)/%.o) build/$(1)/build/gen/labs.o build/$(1)/build/gen/data.o
	@rm -f $$@
	ar rcs $$@ $$^

build/$(1)/libchecks.a: build/$(1)/src/checks/check.o
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(eval $(call libraries,native))
$(eval $(call libraries,sanitized))
$(eval $(call libraries,coverage))
$(eval $(call libraries,fuzz))

build/laymanz: $(CLI_C:%.c=build/native/%.o) build/native/liblabs.a build/native/libml.a
	$(CC) $(CFLAGS) $^ -lm -o $@

# --- The same for the browser: one plain .wasm, without generated JavaScript --------------------------------------------

# What a newer Emscripten turns on by itself, every one is told to: bulk memory, conversions that do not trap, sign extension.
# All browsers with SIMD have them.
# TOTAL_STACK: the matrix product packs on the stack; newer ones call it STACK_SIZE and take both names. The one import, env.now,
# is what ERROR_ON_UNDEFINED_SYMBOLS is about.
# emmalloc: the host asks for a few large blocks, and a small allocator will do.
WASM_FLAGS = -std=c11 $(WASM_O) -msimd128 -mbulk-memory -mnontrapping-fptoint -msign-ext -ffp-contract=off -DNDEBUG
WASM_LINK = -O3 -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=1MB -sMALLOC=emmalloc \
            -sERROR_ON_UNDEFINED_SYMBOLS=0 -sWARN_ON_UNDEFINED_SYMBOLS=0

build/wasm/%.o: %.c
	@mkdir -p $(@D)
	$(EMCC) $(WASM_FLAGS) $(INCLUDE) -MMD -MP -c $< -o $@

# What runs hot is compiled for speed, the rest for size, the labs most of all: they are most of what a first visit fetches.
# The errors: a lab that reads a text which is not in the module (lab.h: lab_text).
WASM_O    := -O3
WASM_LABS := $(LABS_C:%.c=build/wasm/%.o) build/wasm/build/gen/labs.o
WASM_ML   := $(ML_C:%.c=build/wasm/%.o)
$(filter-out %_simd128.o,$(WASM_ML)): WASM_O = -Os
$(WASM_LABS) build/wasm/src/wasm/exports.o: WASM_O = -Oz -Werror=int-conversion -Werror=format

build/wasm/laymanz.wasm: $(WASM_ML) $(WASM_LABS) build/wasm/src/wasm/exports.o
	$(EMCC) $(WASM_LINK) $^ -o $@

# --- The site ------------------------------------------------------------------------------------------------------------

NODE_MODULES := web/node_modules/.package-lock.json
$(NODE_MODULES): web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

# The compiler that runs in the page, packed for any host; made again only when its pinned version changes.
build/compiler/manifest.json: web/package-lock.json web/compiler/pack.mjs $(NODE_MODULES)
	node web/compiler/pack.mjs --out build/compiler

# The library and every challenge's checks, compiled by that same compiler.
build/compiler/library.stamp: build/compiler/manifest.json $(ML_C) $(HEADERS) $(wildcard src/checks/*.c) $(LESSONS) $(WEB)
	node web/compiler/library.mjs --out build/compiler
	@touch $@

# The labs' module for relaxed SIMD, by the page's own compiler; after library.stamp, whose objects it uses.
build/wasm/laymanz-relaxed.wasm: build/compiler/library.stamp $(LABS_C) src/wasm/exports.c build/gen/labs.c
	@mkdir -p $(@D)
	node web/compiler/relaxed.mjs --out $@

build/site/index.html: build/laymanz build/wasm/laymanz.wasm build/wasm/laymanz-relaxed.wasm build/compiler/library.stamp build/language $(LESSONS) $(WEB)
	node web/site/build.mjs --out build/site --language $(LANGUAGE)
	@touch $@

# The language of the built site, from the command line only: many systems have an environment variable of that name.
ifneq ($(origin LANGUAGE),command line)
LANGUAGE := en
endif

.PHONY: FORCE
FORCE:

build/language: FORCE
	@mkdir -p $(@D)
	@echo $(LANGUAGE) | cmp -s - $@ || echo $(LANGUAGE) > $@

site: setup ## the finished static site, in build/site; LANGUAGE=xx builds it with web/strings/xx.js
	@$(MAKE) build/site/index.html

# --- Tests -----------------------------------------------------------------------------------------------------------------

UNIT_TESTS := $(UNIT_C:tests/unit/%.c=%)
.SECONDARY:

# cmocka 2 deprecates assert_in_range, in place of which cmocka 1 has nothing.
UNIT_FLAGS := -Wno-conversion -Wno-double-promotion -Wno-deprecated-declarations -Itests

define unit
build/$(1)/unit/%: tests/unit/%.c build/$(1)/liblabs.a build/$(1)/libml.a build/$(1)/libchecks.a $(HEADERS)
	@mkdir -p $$(@D)
	$(CC) $(CFLAGS) $(2) $(UNIT_FLAGS) $(INCLUDE) $$< build/$(1)/libchecks.a build/$(1)/liblabs.a build/$(1)/libml.a \
	    -lcmocka -lm -o $$@
endef
$(eval $(call unit,native,))
$(eval $(call unit,sanitized,$(SANITIZE)))
$(eval $(call unit,coverage,$(COVERAGE)))

.PHONY: test-unit test-sanitized test-cli test-parity test-challenges test-site test-types test-example test-lessons \
        test-spelling test-web test-firefox test-fuzz coverage
test-unit: $(UNIT_TESTS:%=build/native/unit/%) ## every module of the library and every lab, natively
	@for t in $^; do echo "--- $$t"; $$t || exit 1; done

# The labs' tests run a good part of the library too, but prove nothing about it: they do not count.
COVERAGE_TESTS := $(filter-out labs/% checks/%,$(UNIT_TESTS))
coverage: $(COVERAGE_TESTS:%=build/coverage/unit/%) ## how many lines of src/ml its unit tests run: at least 95 %
	@find build/coverage -name '*.gcda' -delete
	@printf '%s\n' $^ | xargs -P $(JOBS) -n 1 sh -c '"$$0" >"$$0.log" 2>&1 || { cat "$$0.log"; exit 1; }'
	@node tests/coverage/lines.mjs build/coverage

test-sanitized: $(UNIT_TESTS:%=build/sanitized/unit/%) ## the same under AddressSanitizer and UBSan
	@for t in $^; do echo "--- $$t"; $$t || exit 1; done

# --- Fuzzing: a file of tests/fuzz for each; that of links is in JavaScript ------------------------------------------------

FUZZ_SECONDS ?= 60
FUZZERS      := csv columnar model pipeline params decimal settings own-data

$(FUZZERS:%=build/fuzz/%): build/fuzz/%: build/fuzz/tests/fuzz/%.o build/fuzz/tests/fuzz/arena.o build/fuzz/libml.a
	$(FUZZ_CC) $(FUZZ) -fsanitize=fuzzer $(filter %.o,$^) $(filter %/liblabs.a,$^) build/fuzz/libml.a -lm -o $@

# Of the labs, which are declarations here, only what reads settings and files is compiled for fuzzing.
build/fuzz/settings build/fuzz/own-data: build/fuzz/src/labs/lab.o build/fuzz/src/labs/lab_csv.o build/native/liblabs.a

build/fuzz/seed: build/native/tests/fuzz/seeds.o build/native/liblabs.a build/native/libml.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $^ -lm -o $@

build/fuzz/seeds: build/fuzz/seed $(wildcard tests/fuzz/corpus/csv/*)
	@rm -rf $@
	@mkdir -p $@/own-data
	cp $(filter tests/%,$^) $@/own-data
	build/fuzz/seed $@ $(filter tests/%,$^)

HAS_FUZZER = $(shell echo 'int LLVMFuzzerTestOneInput(const char *a, unsigned long n) { return a == 0 && n; }' | \
               $(FUZZ_CC) -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null && echo yes)
test-fuzz: $(NODE_MODULES) build/laymanz ## hostile input for whatever reads files or links; FUZZ_SECONDS=60 each, all at once
	@if [ '$(HAS_FUZZER)' = yes ]; then \
	    $(MAKE) $(FUZZERS:%=build/fuzz/%) build/fuzz/seeds && sh tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZERS) link; \
	else \
	    echo '$(FUZZ_CC) has no libFuzzer: the fuzzers of C are left out. Homebrew has it: brew install llvm, then'; \
	    echo 'make test-fuzz FUZZ_CC="$$(brew --prefix llvm)/bin/clang"'; \
	    [ -z '$(CI)' ] && sh tests/fuzz/run.sh $(FUZZ_SECONDS) link; \
	fi

test-cli: build/laymanz ## the command line, and every challenge natively
	@sh tests/cli/run.sh build/laymanz
	@node tests/cli/with.mjs build/laymanz

build/parity/labs: tests/parity/labs.c build/native/liblabs.a build/native/libml.a $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCLUDE) $< build/native/liblabs.a build/native/libml.a -lm -o $@

# The engine's cases, with the unit tests' generators, for which a header stands in for cmocka.
ENGINE_C := $(sort $(wildcard tests/parity/engine/*.c))
$(foreach t,native wasm,$(ENGINE_C:%.c=build/$t/%.o)): INCLUDE += -Itests -Itests/parity/engine
$(ENGINE_C:%.c=build/native/%.o): CFLAGS += -Wno-conversion -Wno-double-promotion

build/parity/engine: $(ENGINE_C:%.c=build/native/%.o) build/native/libml.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $^ -lm -o $@

build/parity/engine.wasm: $(ENGINE_C:%.c=build/wasm/%.o) $(WASM_ML)
	@mkdir -p $(@D)
	$(EMCC) $(filter-out --no-entry,$(WASM_LINK)) $^ -o $@

PARITY := build/parity/labs build/wasm/laymanz.wasm build/laymanz build/parity/engine build/parity/engine.wasm
test-parity: $(PARITY) ## the library and every lab give the same bytes natively and in WebAssembly
	@for t in labs own-data models engine; do echo "--- $$t"; node tests/parity/$$t.mjs || exit 1; done

test-challenges: site build/laymanz ## every challenge with the page's own clang
	@for t in challenges faults cost drives flags diagnostics ml-api relaxed; do echo "--- $$t"; \
	    node tests/parity/$$t.mjs || exit 1; done
	@node tests/hostile/page.mjs

test-site: build/laymanz build/wasm/laymanz.wasm $(NODE_MODULES) ## the page's modules that need no browser
	@node --test tests/site/*.test.mjs

test-types: $(NODE_MODULES) ## the JavaScript's types
	@cd web && npx --no-install tsc --noEmit -p tsconfig.json && npx --no-install tsc --noEmit -p offline/tsconfig.json && echo 'types: 1 passed, 0 failed'

test-example: $(NODE_MODULES) ## what make new-lab and new-challenge write builds and passes
	@sh tests/example/run.sh

test-lessons: build/laymanz $(NODE_MODULES) ## the numbers in the lessons' text, and that an author's mistakes are told
	@node tests/lessons/figures.mjs
	@node tests/lessons/mistakes.mjs

test-spelling: build/laymanz ## the spelling of the lessons, the README and the labs' sentences
	@node tests/spelling/spelling.mjs

test-web: site ## what a person does, in a real browser
	@cd tests/web && NODE_PATH=../../web/node_modules node ../../web/node_modules/@playwright/test/cli.js test

test-firefox: site ## the core of it in Firefox, where that is installed; not part of test
	@node tests/firefox/journey.mjs

check: build/laymanz ## every challenge folder: complete, starter fails, solution passes, wrong answers caught
	@node tests/cli/check-challenges.mjs build/laymanz

mutants: build/laymanz ## how many small changes to the solutions the checks catch: at least 90 %
	@node tests/mutants/mutants.mjs

# --- Something new -------------------------------------------------------------------------------------------------------

# `make new-lab my-lab`: the words after the first are names, not things to make.
ifneq ($(filter new-lab new-challenge new-chapter,$(firstword $(MAKECMDGOALS))),)
NAMES := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
.PHONY: $(NAMES)
$(NAMES):
	@:
endif

.PHONY: new-lab new-challenge new-chapter
new-lab: ## a working start of a lab and its test: make new-lab my-lab
	@node lessons/templates/new.mjs lab $(or $(NAME),$(NAMES))

new-challenge: ## the same for a challenge: make new-challenge 01-overview my-challenge
	@node lessons/templates/new.mjs challenge $(CHAPTER) $(SLUG) $(NAMES)

new-chapter: ## the same for a chapter: make new-chapter 13 my-chapter TITLE="My chapter"
	@node lessons/templates/new.mjs chapter $(NUMBER) $(SLUG) $(NAMES) "$(TITLE)"

# --- Speed -----------------------------------------------------------------------------------------------------------------

build/native/bench/%: tests/bench/%.c tests/bench/limit.h build/native/liblabs.a build/native/libml.a $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCLUDE) $< build/native/liblabs.a build/native/libml.a -lm -o $@

build/bench/%.wasm: build/wasm/tests/bench/%.o $(WASM_ML) $(WASM_LABS)
	@mkdir -p $(@D)
	$(EMCC) $(filter-out --no-entry,$(WASM_LINK)) $^ -o $@

bench: ## how fast it is, natively and in Chromium
	@sh .ci/setup test
	@$(MAKE) -j$(JOBS) site $(foreach b,bench training conv,build/native/bench/$b build/bench/$b.wasm)
	@echo '== Natively'; build/native/bench/bench; build/native/bench/training; build/native/bench/conv
	@node tests/bench/browser.mjs
	@node tests/bench/visit.mjs
	@node tests/bench/lighthouse.mjs
	@node tests/bench/workshop.mjs

# The contenders, with the very code they were measured with, are the bench's alone: pinned in its own package-lock.json.
build/bench/peers/node_modules/.package-lock.json: $(addprefix tests/bench/peers/,package.json package-lock.json .npmrc)
	@mkdir -p build/bench/peers
	cp $^ build/bench/peers/
	cd build/bench/peers && npm ci --ignore-scripts
	@touch $@

build/bench/ours.wasm: build/wasm/tests/bench/peers/ours.o build/wasm/tests/bench/peers/classical.o $(WASM_ML)
	@mkdir -p $(@D)
	$(EMCC) $(WASM_LINK) $^ -o $@

bench-peers: $(NODE_MODULES) ## how fast others are at the same, in one Chromium; writes build/bench/peers.md
	@sh .ci/setup test
	@$(MAKE) build/bench/ours.wasm build/bench/peers/node_modules/.package-lock.json
	@node tests/bench/peers/run.mjs

# A shared library for Python: -fPIC is all that differs from what the unit tests run.
build/pic/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -fPIC $(INCLUDE) -MMD -MP -c $< -o $@

build/bench/libours.so: $(patsubst %.c,build/pic/%.o,$(wildcard tests/bench/peers/*.c) $(ML_C))
	@mkdir -p $(@D)
	$(CC) -shared $^ -lm -o $@

# Debian's python3-torch is for Debian's own Python, which need not be the first one in the path.
bench-torch: build/bench/libours.so ## how fast PyTorch is at the same, natively, both on one thread
	@$(firstword $(wildcard /usr/bin/python3) python3) tests/bench/pytorch.py build/bench/libours.so

bench-sklearn: build/bench/libours.so ## how fast scikit-learn fits the classical models, natively, on one thread and on all
	@$(firstword $(wildcard /usr/bin/python3) python3) tests/bench/scikit.py build/bench/libours.so

clean: ## delete everything that was built
	rm -rf build
