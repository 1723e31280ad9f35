// The filter's gradient, on each instruction set of this machine, beside its definition in float64. Prints a line each:
// name, shapes, largest difference relative to the largest value. Compiled and run by filter-gradient.test.ts.
#include <cmath>
#include <cstdio>
#include <vector>

#include "filter-gradient.h"

namespace {

struct Machine {
  const char* name;
  hifigan::filter_gradient::Add add;
};

std::vector<Machine> Machines() {
  using namespace hifigan::filter_gradient;
  std::vector<Machine> machines = {{"plain", AddPlain}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) machines.push_back({"avx2", AddAvx2});
  if (__builtin_cpu_supports("avx512f")) machines.push_back({"avx512", AddAvx512});
#endif
  return machines;
}

std::vector<float> Noise(int64_t count, uint32_t seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = static_cast<float>(seed >> 8) / (1 << 23) - 1;
  }
  return values;
}

std::vector<double> Defined(const hifigan::Convolution& c, const std::vector<float>& x, const std::vector<float>& dy) {
  const int64_t channels = c.groups * c.out;
  std::vector<double> dw(c.kernel * c.in * channels);
  for (int64_t tap = 0; tap < c.kernel; tap++)
    for (int64_t i = 0; i < c.in; i++)
      for (int64_t o = 0; o < channels; o++) {
        double sum = 0;
        for (int64_t item = 0; item < c.batch; item++)
          for (int64_t row = 0; row < c.outputs; row++) {
            const int64_t time = row * c.stride + tap * c.dilation - c.left;
            if (time < 0 || time >= c.time) continue;
            sum += static_cast<double>(x[(item * c.time + time) * c.groups * c.in + o / c.out * c.in + i]) *
                   dy[(item * c.outputs + row) * channels + o];
          }
        dw[(tap * c.in + i) * channels + o] = sum;
      }
  return dw;
}

}  // namespace

int main() {
  // batch, time, outputs, groups, in, out, kernel, stride, dilation, left
  const hifigan::Convolution cases[] = {
      {1, 5, 5, 1, 2, 2, 1, 1, 1, 0},        {2, 40, 40, 1, 16, 16, 3, 1, 5, 5},   {1, 300, 300, 1, 33, 17, 11, 1, 3, 15},
      {2, 260, 130, 4, 8, 24, 41, 2, 1, 20}, {1, 129, 33, 16, 5, 3, 9, 4, 1, 4},   {1, 64, 64, 1, 64, 64, 7, 1, 1, 3},
      {3, 1, 1, 2, 4, 4, 3, 1, 1, 1},        {1, 700, 257, 3, 20, 40, 10, 2, 7, 2},
  };
  for (const Machine& machine : Machines()) {
    for (const hifigan::Convolution& c : cases) {
      const std::vector<float> x = Noise(c.batch * c.time * c.groups * c.in, 1);
      const std::vector<float> dy = Noise(c.batch * c.outputs * c.groups * c.out, 2);
      const std::vector<double> expected = Defined(c, x, dy);
      std::vector<float> found(expected.size(), NAN);
      // In three shares, as threads take them.
      const int64_t parts = hifigan::FilterGradientParts(c);
      for (int64_t share = 0; share < 3; share++) {
        hifigan::FilterGradient(c, x.data(), dy.data(), parts * share / 3, parts * (share + 1) / 3, found.data(), machine.add);
      }
      double largest = 0, difference = 0;
      for (size_t i = 0; i < expected.size(); i++) {
        largest = std::fmax(largest, std::fabs(expected[i]));
        const double off = std::fabs(found[i] - expected[i]);
        // Written so that NaN, a value that was not computed, is the largest.
        if (!(off <= difference)) difference = off;
      }
      std::printf("%s %lldx%lld->%lld groups=%lld kernel=%lld stride=%lld dilation=%lld %g\n", machine.name,
                  static_cast<long long>(c.time), static_cast<long long>(c.in), static_cast<long long>(c.out),
                  static_cast<long long>(c.groups), static_cast<long long>(c.kernel), static_cast<long long>(c.stride),
                  static_cast<long long>(c.dilation), difference / largest);
    }
  }
  return 0;
}
