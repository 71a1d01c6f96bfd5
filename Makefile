# Laymanz. `make` alone prints what can be made; every product is in build/.

CC      ?= cc
EMCC    ?= emcc
PORT    ?= 8000
NODE_MODULES := web/node_modules/.package-lock.json

CFLAGS   := -std=c11 -O3 -g -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -ffp-contract=off
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
INCLUDE  := -Isrc -Isrc/ml -Isrc/labs -Isrc/checks

ML_C    := $(sort $(wildcard src/ml/*/*.c))
LABS_C  := $(sort $(wildcard src/labs/*.c))
CLI_C   := $(sort $(wildcard src/cli/*.c))
UNIT_C  := $(sort $(wildcard tests/unit/*/test_*.c))
HEADERS := $(sort $(wildcard src/*.h src/*/*.h src/*/*/*.h))

.PHONY: help serve test site bench check clean
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- The library, natively: plain, and with sanitizers ----------------------------------------------------------------

build/native/%.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(INCLUDE) -c $< -o $@

build/sanitized/%.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -O1 $(SANITIZE) $(INCLUDE) -c $< -o $@

build/gen/labs.c: src/labs $(LABS_C)
	@mkdir -p $(@D)
	@{ echo '/* Written by make: every lab in src/labs. */'; echo '#include "lab.h"'; \
	   names='$(filter-out lab,$(basename $(notdir $(LABS_C))))'; \
	   for n in $$names; do echo "extern const lab lab_$$(echo $$n | tr - _);"; done; \
	   echo 'const lab *const labs[] = {'; \
	   for n in $$names; do echo "    &lab_$$(echo $$n | tr - _),"; done; \
	   echo '};'; echo 'const int32_t n_labs = sizeof labs / sizeof *labs;'; } > $@

define library # for $(1): native or sanitized
build/$(1)/libml.a: $(ML_C:%.c=build/$(1)/%.o)
	@rm -f $$@
	ar rcs $$@ $$^

build/$(1)/liblabs.a: $(LABS_C:%.c=build/$(1)/%.o) build/$(1)/build/gen/labs.o
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(eval $(call library,native))
$(eval $(call library,sanitized))

build/laymanz: $(CLI_C:%.c=build/native/%.o) build/native/liblabs.a build/native/libml.a
	$(CC) $(CFLAGS) $^ -lm -o $@

# --- The same for the browser: one plain .wasm -------------------------------------------------------------------------

WASM_FLAGS := -std=c11 -O3 -msimd128 -ffp-contract=off -DNDEBUG -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH \
              -sERROR_ON_UNDEFINED_SYMBOLS=0 -Wno-undefined -Wl,--strip-debug

build/wasm/laymanz.wasm: $(ML_C) $(LABS_C) src/wasm/exports.c build/gen/labs.c $(HEADERS)
	@mkdir -p $(@D)
	$(EMCC) $(WASM_FLAGS) $(INCLUDE) $(filter %.c,$^) -o $@

# --- Tests ---------------------------------------------------------------------------------------------------------------

UNIT_TESTS := $(UNIT_C:tests/unit/%.c=%)
build/native/unit/%: tests/unit/%.c build/native/liblabs.a build/native/libml.a $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wno-conversion $(INCLUDE) -Itests $< build/native/liblabs.a build/native/libml.a -lcmocka -lm -o $@
build/sanitized/unit/%: tests/unit/%.c build/sanitized/liblabs.a build/sanitized/libml.a $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -O1 -Wno-conversion $(SANITIZE) $(INCLUDE) -Itests $< build/sanitized/liblabs.a build/sanitized/libml.a -lcmocka -lm -o $@

.PHONY: test-unit test-sanitized
test-unit: $(UNIT_TESTS:%=build/native/unit/%) ## every module of the library and every lab
	@for t in $^; do echo "--- $$t"; $$t || exit 1; done
test-sanitized: $(UNIT_TESTS:%=build/sanitized/unit/%) ## the same under AddressSanitizer and UBSan
	@for t in $^; do echo "--- $$t"; $$t || exit 1; done

$(NODE_MODULES): web/package-lock.json
	cd web && npm ci
	@touch $@

clean: ## delete everything that was built
	rm -rf build
