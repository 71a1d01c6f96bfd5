/* A function that the host calls: JavaScript, or Python. */
#ifndef BENCH_EXPORT_H
#define BENCH_EXPORT_H

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name), used)) name
#else
#define EXPORT(name) name
#endif

#endif
