// Arithmetic on arrays, value by value, or on rows of `channels` values; one pass each. The same bits on every
// processor, and wherever in memory the arrays lie.
#pragma once

#include <cmath>
#include <cstdint>

// A product and a sum are not to be fused into one operation of one rounding: of two products the compiler picks the one
// to fuse anew in each copy of a loop, and which copy runs depends on how far apart the arrays happen to lie.
#if defined(__clang__)
#define HIFIGAN_POINTWISE inline
#define HIFIGAN_UNFUSED _Pragma("clang fp contract(off)")
#elif defined(__x86_64__) && defined(__GNUC__)
#define HIFIGAN_POINTWISE \
  __attribute__((target_clones("avx512f", "avx2", "default"), optimize("fp-contract=off"))) inline
#elif defined(__GNUC__)
#define HIFIGAN_POINTWISE __attribute__((optimize("fp-contract=off"))) inline
#else
#define HIFIGAN_POINTWISE inline
#endif
#if !defined(HIFIGAN_UNFUSED)
#define HIFIGAN_UNFUSED
#endif

namespace hifigan {

// sums [channels] += the sum over rows of a * b; exact products.
HIFIGAN_POINTWISE void AddProducts(const float* a, const float* b, int64_t rows, int64_t channels,
                                   double* __restrict sums) {
  HIFIGAN_UNFUSED
  for (int64_t row = 0; row < rows; row++, a += channels, b += channels) {
    for (int64_t c = 0; c < channels; c++) sums[c] += static_cast<double>(a[c]) * b[c];
  }
}

// sums [channels] += the sum over rows of x.
HIFIGAN_POINTWISE void AddRows(const float* x, int64_t rows, int64_t channels, double* __restrict sums) {
  HIFIGAN_UNFUSED
  for (int64_t row = 0; row < rows; row++, x += channels) {
    for (int64_t c = 0; c < channels; c++) sums[c] += x[c];
  }
}

// y = x * scale [channels]
HIFIGAN_POINTWISE void Scale(const float* x, const float* scale, int64_t rows, int64_t channels, float* __restrict y) {
  HIFIGAN_UNFUSED
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels) {
    for (int64_t c = 0; c < channels; c++) y[c] = x[c] * scale[c];
  }
}

// y = a * scale_a [channels] - b * scale_b [channels]
HIFIGAN_POINTWISE void ScaleBoth(const float* a, const float* scale_a, const float* b, const float* scale_b,
                                 int64_t rows, int64_t channels, float* __restrict y) {
  HIFIGAN_UNFUSED
  for (int64_t row = 0; row < rows; row++, a += channels, b += channels, y += channels) {
    for (int64_t c = 0; c < channels; c++) y[c] = a[c] * scale_a[c] - b[c] * scale_b[c];
  }
}

struct AdamW {
  float kept, beta1, rest1, beta2, rest2, rate, root, epsilon;
};

HIFIGAN_POINTWISE void Update(const AdamW& k, const float* p, const float* g, const float* m, const float* v,
                              int64_t count, float* __restrict new_p, float* __restrict new_m,
                              float* __restrict new_v) {
  HIFIGAN_UNFUSED
  for (int64_t i = 0; i < count; i++) {
    const float first = k.beta1 * m[i] + k.rest1 * g[i];
    const float second = k.beta2 * v[i] + k.rest2 * g[i] * g[i];
    new_m[i] = first;
    new_v[i] = second;
    new_p[i] = k.kept * p[i] - k.rate * first / (std::sqrt(second) * k.root + k.epsilon);
  }
}

}  // namespace hifigan
