// The convolutions of our own, on each instruction set of this machine, beside their definitions in float64. Prints a
// line each: name, shapes, largest difference relative to the largest value. Compiled and run by own-convolutions.test.ts.
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "filter-gradient.h"
#include "grouped-convolution.h"

namespace {

using hifigan::Convolution;
using hifigan::InstructionSet;

struct Machine {
  const char* name;
  InstructionSet set;
};

std::vector<Machine> Machines() {
  std::vector<Machine> machines = {{"plain", InstructionSet::kPlain}};
  const InstructionSet best = hifigan::ThisMachine();
  if (best != InstructionSet::kPlain) machines.push_back({"avx2", InstructionSet::kAvx2});
  if (best == InstructionSet::kAvx512) machines.push_back({"avx512", best});
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

// Calls visit with the places in x, filter and y of each product that the convolution is the sum of.
void ForEachProduct(const Convolution& c, const std::function<void(int64_t, int64_t, int64_t)>& visit) {
  const int64_t channels = c.groups * c.out;
  for (int64_t item = 0; item < c.batch; item++)
    for (int64_t row = 0; row < c.outputs; row++)
      for (int64_t tap = 0; tap < c.kernel; tap++) {
        const int64_t time = row * c.stride + tap * c.dilation - c.left;
        if (time < 0 || time >= c.time) continue;
        for (int64_t i = 0; i < c.in; i++)
          for (int64_t o = 0; o < channels; o++) {
            visit((item * c.time + time) * c.groups * c.in + o / c.out * c.in + i, (tap * c.in + i) * channels + o,
                  (item * c.outputs + row) * channels + o);
          }
      }
}

// In three shares, as threads take them.
void InShares(int64_t parts, const std::function<void(int64_t, int64_t)>& work) {
  for (int64_t share = 0; share < 3; share++) work(parts * share / 3, parts * (share + 1) / 3);
}

void Print(const Machine& machine, const char* what, const Convolution& c, const std::vector<double>& expected,
           const std::vector<float>& found) {
  double largest = 0, difference = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    largest = std::fmax(largest, std::fabs(expected[i]));
    const double off = std::fabs(found[i] - expected[i]);
    // Written so that NaN, a value that was not computed, is the largest.
    if (!(off <= difference)) difference = off;
  }
  std::printf("%s %s of %lldx%lld->%lld groups=%lld kernel=%lld stride=%lld dilation=%lld %g\n", machine.name, what,
              static_cast<long long>(c.time), static_cast<long long>(c.in), static_cast<long long>(c.out),
              static_cast<long long>(c.groups), static_cast<long long>(c.kernel), static_cast<long long>(c.stride),
              static_cast<long long>(c.dilation), difference / largest);
}

}  // namespace

int main() {
  // batch, time, outputs, groups, in, out, kernel, stride, dilation, left
  const Convolution cases[] = {
      {1, 5, 5, 1, 2, 2, 1, 1, 1, 0},        {2, 40, 40, 1, 16, 16, 3, 1, 5, 5},   {1, 300, 300, 1, 33, 17, 11, 1, 3, 15},
      {2, 260, 130, 4, 8, 24, 41, 2, 1, 20}, {1, 129, 33, 16, 5, 3, 9, 4, 1, 4},   {1, 64, 64, 1, 64, 64, 7, 1, 1, 3},
      {3, 1, 1, 2, 4, 4, 3, 1, 1, 1},        {1, 700, 257, 3, 20, 40, 10, 2, 7, 2}, {2, 517, 259, 16, 1, 2, 41, 2, 1, 20},
      {2, 31, 6, 8, 2, 3, 2, 6, 1, 0},       {1, 90, 24, 5, 4, 2, 41, 4, 1, 23},
  };
  for (const Machine& machine : Machines()) {
    for (const Convolution& c : cases) {
      const std::vector<float> x = Noise(c.batch * c.time * c.groups * c.in, 1);
      const std::vector<float> y = Noise(c.batch * c.outputs * c.groups * c.out, 2);
      const std::vector<float> filter = Noise(c.kernel * c.in * c.groups * c.out, 3);
      std::vector<double> sums(filter.size()), outputs(y.size()), inputs(x.size());
      ForEachProduct(c, [&](int64_t in, int64_t weight, int64_t out) {
        sums[weight] += static_cast<double>(x[in]) * y[out];
        outputs[out] += static_cast<double>(x[in]) * filter[weight];
        inputs[in] += static_cast<double>(y[out]) * filter[weight];
      });

      std::vector<float> found(sums.size(), NAN);
      InShares(hifigan::FilterGradientParts(c), [&](int64_t begin, int64_t end) {
        hifigan::FilterGradient(c, x.data(), y.data(), begin, end, found.data(), machine.set);
      });
      Print(machine, "filter's gradient", c, sums, found);

      std::vector<float> parts(hifigan::GroupedFilterGradientParts(c) * c.kernel * c.in * hifigan::kBlock);
      InShares(hifigan::GroupedFilterGradientParts(c), [&](int64_t begin, int64_t end) {
        hifigan::GroupedFilterGradient(c, x.data(), y.data(), begin, end, parts.data(), machine.set);
      });
      found.assign(sums.size(), NAN);
      hifigan::SumOfItems(c, parts.data(), found.data());
      Print(machine, "grouped filter's gradient", c, sums, found);

      found.assign(outputs.size(), NAN);
      const std::vector<float> forward = hifigan::GroupedWeights::Forward(c, filter.data());
      InShares(hifigan::GroupedConvolutionParts(c), [&](int64_t begin, int64_t end) {
        hifigan::GroupedConvolution(c, x.data(), forward.data(), begin, end, found.data(), machine.set);
      });
      Print(machine, "convolution", c, outputs, found);

      if (c.stride > 1 && c.dilation > 1) continue;
      found.assign(inputs.size(), NAN);
      const std::vector<float> backward = hifigan::GroupedWeights::Backward(c, filter.data());
      InShares(hifigan::GroupedInputGradientParts(c), [&](int64_t begin, int64_t end) {
        hifigan::GroupedInputGradient(c, y.data(), backward.data(), begin, end, found.data(), machine.set);
      });
      Print(machine, "input's gradient", c, inputs, found);
    }
  }
  return 0;
}
