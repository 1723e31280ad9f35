// What the convolutions of our own share: their geometry, vectors, and the instruction sets they are compiled for.
#pragma once

#include <algorithm>
#include <cstdint>

#if defined(__GNUC__) && !defined(__clang__)
#define HIFIGAN_UNROLL _Pragma("GCC unroll 16")
#else
#define HIFIGAN_UNROLL _Pragma("unroll")
#endif

namespace hifigan {

// A convolution of x [batch, time, groups * in] to y [batch, outputs, groups * out].
struct Convolution {
  int64_t batch, time, outputs, groups, in, out;
  int64_t kernel, stride, dilation, left;
};

// Channels are worked on, and packed, in blocks of this: one vector of AVX-512, two of AVX2.
constexpr int64_t kBlock = 16;

inline int64_t Blocks(int64_t channels) { return (channels + kBlock - 1) / kBlock; }

template <int kWidth>
struct Vector {
  typedef float Type __attribute__((vector_size(kWidth * sizeof(float)), aligned(sizeof(float))));
};

enum class InstructionSet { kPlain, kAvx2, kAvx512 };

// Of a function that is compiled for such a set; elsewhere it is there, too, and never chosen.
#if defined(__x86_64__)
#define HIFIGAN_AVX2 __attribute__((target("avx2,fma")))
#define HIFIGAN_AVX512 __attribute__((target("avx512f")))
#else
#define HIFIGAN_AVX2
#define HIFIGAN_AVX512
#endif

inline InstructionSet ThisMachine() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return InstructionSet::kAvx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::kAvx2;
#endif
  return InstructionSet::kPlain;
}

template <typename Function>
inline Function* ChosenFor(InstructionSet set, Function* plain, Function* avx2, Function* avx512) {
  return set == InstructionSet::kAvx512 ? avx512 : set == InstructionSet::kAvx2 ? avx2 : plain;
}

}  // namespace hifigan
