// Convolutions of few channels a group, and their gradients. The library works on one group after the
// other, with vectors that such groups do not fill; here the lanes of a vector are channels of several groups. The
// input is laid out so that each lane finds the channel of its own group, a tile of time at a time; then the kernel is
// vector times vector. On the scale discriminators' strided layers gradients take a twentieth to a half of the library's
// time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "convolution.h"

namespace hifigan {

namespace grouped_convolution {

// Rows of the result at a time; they share a tile of the input, which stays in the second cache.
constexpr int64_t kRows = 64;

// Rows first to first + count of a block of the result: each is the sum over taps and channels of
// weights [taps, channels, kBlock] times the input [time, channels, kBlock] from row * stride on, a tap `step` later.
struct Rows {
  const float* input;
  const float* weights;
  int64_t count, taps, channels, stride, step;
  float* sums;  // [count, kBlock]
};

template <int kWidth, int kHeight>
inline __attribute__((always_inline)) void SumRows(const Rows& rows, int64_t first, int64_t count) {
  using V = typename Vector<kWidth>::Type;
  constexpr int kVectors = kBlock / kWidth;
  const int64_t row_step = rows.stride * rows.channels * kBlock, tap_step = rows.step * rows.channels * kBlock;
  for (; count >= kHeight; first += kHeight, count -= kHeight) {
    V tile[kHeight][kVectors] = {};
    const float* weight = rows.weights;
    const float* start = rows.input + first * row_step;
    for (int64_t tap = 0; tap < rows.taps; tap++, start += tap_step) {
      const float* x = start;
      for (int64_t channel = 0; channel < rows.channels; channel++, x += kBlock, weight += kBlock) {
        V w[kVectors];
        HIFIGAN_UNROLL for (int v = 0; v < kVectors; v++) w[v] = *reinterpret_cast<const V*>(weight + v * kWidth);
        HIFIGAN_UNROLL for (int j = 0; j < kHeight; j++) {
          HIFIGAN_UNROLL for (int v = 0; v < kVectors; v++) {
            tile[j][v] += w[v] * *reinterpret_cast<const V*>(x + j * row_step + v * kWidth);
          }
        }
      }
    }
    HIFIGAN_UNROLL for (int j = 0; j < kHeight; j++) {
      HIFIGAN_UNROLL for (int v = 0; v < kVectors; v++) {
        *reinterpret_cast<V*>(rows.sums + (first + j) * kBlock + v * kWidth) = tile[j][v];
      }
    }
  }
  // The order of a row's sum is the same in a tile of one row.
  if constexpr (kHeight > 1) {
    if (count > 0) SumRows<kWidth, 1>(rows, first, count);
  }
}

inline void SumPlain(const Rows& rows) { SumRows<4, 2>(rows, 0, rows.count); }
HIFIGAN_AVX2 inline void SumAvx2(const Rows& rows) { SumRows<8, 4>(rows, 0, rows.count); }
HIFIGAN_AVX512 inline void SumAvx512(const Rows& rows) { SumRows<16, 8>(rows, 0, rows.count); }

// Products of a tile of the input and one of the result's gradient, summed over its rows.
struct Products {
  const float* input;   // [time, channels, kBlock]
  const float* output;  // [count, kBlock]
  int64_t count, taps, channels, stride, step;
  float* sums;  // [taps, channels, kBlock], added to
};

template <int kWidth, int kTaps>
inline __attribute__((always_inline)) void AddProductsOf(const Products& p, int64_t tap) {
  using V = typename Vector<kWidth>::Type;
  constexpr int kVectors = kBlock / kWidth;
  const int64_t row_step = p.stride * p.channels * kBlock, tap_step = p.step * p.channels * kBlock;
  for (; tap + kTaps <= p.taps; tap += kTaps) {
    for (int64_t channel = 0; channel < p.channels; channel++) {
      V tile[kTaps][kVectors] = {};
      const float* x = p.input + tap * tap_step + channel * kBlock;
      const float* y = p.output;
      for (int64_t row = 0; row < p.count; row++, x += row_step, y += kBlock) {
        HIFIGAN_UNROLL for (int v = 0; v < kVectors; v++) {
          const V right = *reinterpret_cast<const V*>(y + v * kWidth);
          HIFIGAN_UNROLL for (int j = 0; j < kTaps; j++) {
            tile[j][v] += right * *reinterpret_cast<const V*>(x + j * tap_step + v * kWidth);
          }
        }
      }
      HIFIGAN_UNROLL for (int j = 0; j < kTaps; j++) {
        float* to = p.sums + ((tap + j) * p.channels + channel) * kBlock;
        HIFIGAN_UNROLL for (int v = 0; v < kVectors; v++) *reinterpret_cast<V*>(to + v * kWidth) += tile[j][v];
      }
    }
  }
  if constexpr (kTaps > 1) AddProductsOf<kWidth, 1>(p, tap);
}

inline void AddPlain(const Products& products) { AddProductsOf<4, 2>(products, 0); }
HIFIGAN_AVX2 inline void AddAvx2(const Products& products) { AddProductsOf<8, 4>(products, 0); }
HIFIGAN_AVX512 inline void AddAvx512(const Products& products) { AddProductsOf<16, 8>(products, 0); }

// Copies times [from, from + count) of a signal [time, channels] to a tile [count, per, kBlock]: its lane for channel
// c of the result holds channel `per * group of c` and the following. Zeros where there is no time.
inline void LayOut(const float* signal, int64_t time, int64_t channels, const int64_t (&lanes)[kBlock], int64_t per,
                   int64_t from, int64_t count, float* tile) {
  for (int64_t t = from; t < from + count; t++, tile += per * kBlock) {
    if (t < 0 || t >= time) {
      std::memset(tile, 0, per * kBlock * sizeof(float));
      continue;
    }
    const float* row = signal + t * channels;
    for (int64_t channel = 0; channel < per; channel++) {
      float* to = tile + channel * kBlock;
      for (int64_t lane = 0; lane < kBlock; lane++) to[lane] = row[lanes[lane] + channel];
    }
  }
}

// Of which group's first channel (of `per`) each lane of a block of channels (of `own` a group) reads. Lanes beyond the
// last channel read what the last one does; nothing is stored of them.
inline void FindLanes(int64_t block, int64_t groups, int64_t own, int64_t per, int64_t (&lanes)[kBlock]) {
  for (int64_t lane = 0; lane < kBlock; lane++) {
    lanes[lane] = std::min(block * kBlock + lane, groups * own - 1) / own * per;
  }
}

inline int64_t Tiles(int64_t rows) { return (rows + kRows - 1) / kRows; }

}  // namespace grouped_convolution

// Weights as the lanes want them, for one call of the convolution or of its gradient.
class GroupedWeights {
 public:
  // filter [kernel, in, groups * out] -> [blocks of out channels, kernel, in, kBlock]
  static std::vector<float> Forward(const Convolution& c, const float* filter) {
    const int64_t channels = c.groups * c.out;
    std::vector<float> packed(Blocks(channels) * c.kernel * c.in * kBlock);
    for (int64_t channel = 0; channel < channels; channel++) {
      float* to = packed.data() + channel / kBlock * c.kernel * c.in * kBlock + channel % kBlock;
      for (int64_t i = 0; i < c.kernel * c.in; i++) to[i * kBlock] = filter[i * channels + channel];
    }
    return packed;
  }

  // filter [kernel, in, groups * out] -> [blocks of in channels, phases, taps backwards, out, kBlock]: a phase's taps are
  // those that reach inputs of its place within a stride.
  static std::vector<float> Backward(const Convolution& c, const float* filter) {
    const int64_t channels = c.groups * c.in;
    std::vector<float> packed(Blocks(channels) * c.kernel * c.out * kBlock);
    for (int64_t channel = 0; channel < channels; channel++) {
      const int64_t group = channel / c.in, i = channel % c.in;
      float* to = packed.data() + channel / kBlock * c.kernel * c.out * kBlock + channel % kBlock;
      for (int64_t phase = 0; phase < c.stride; phase++) {
        for (int64_t tap = LastTap(c, phase); tap >= 0; tap -= c.stride) {
          const float* from = filter + (tap * c.in + i) * c.groups * c.out + group * c.out;
          for (int64_t o = 0; o < c.out; o++, to += kBlock) *to = from[o];
        }
      }
    }
    return packed;
  }

  // The last tap that reaches inputs time = phase (modulo the stride); negative where none does.
  static int64_t LastTap(const Convolution& c, int64_t phase) {
    const int64_t first = (phase + c.left) % c.stride;
    return first < c.kernel ? first + (c.kernel - 1 - first) / c.stride * c.stride : -1;
  }
};

// Parts that can be computed apart from each other: a tile of rows of a block of an item's channels.
inline int64_t GroupedConvolutionParts(const Convolution& c) {
  return c.batch * Blocks(c.groups * c.out) * grouped_convolution::Tiles(c.outputs);
}

// Parts begin to end of y [batch, outputs, groups * out]; weights from GroupedWeights::Forward. What is summed in which
// order depends neither on how the parts are shared out nor on the batch.
inline void GroupedConvolution(const Convolution& c, const float* x, const float* weights, int64_t begin, int64_t end,
                               float* y, InstructionSet set = ThisMachine()) {
  using namespace grouped_convolution;
  const auto sum = ChosenFor(set, SumPlain, SumAvx2, SumAvx512);
  const int64_t inputs = c.groups * c.in, channels = c.groups * c.out, blocks = Blocks(channels), tiles = Tiles(c.outputs);
  std::vector<float> tile(((kRows - 1) * c.stride + (c.kernel - 1) * c.dilation + 1) * c.in * kBlock), sums(kRows * kBlock);
  for (int64_t part = begin; part < end; part++) {
    const int64_t row = part % tiles * kRows, block = part / tiles % blocks, item = part / tiles / blocks;
    const int64_t rows = std::min(kRows, c.outputs - row), count = std::min(kBlock, channels - block * kBlock);
    int64_t lanes[kBlock];
    FindLanes(block, c.groups, c.out, c.in, lanes);
    LayOut(x + item * c.time * inputs, c.time, inputs, lanes, c.in, row * c.stride - c.left,
           (rows - 1) * c.stride + (c.kernel - 1) * c.dilation + 1, tile.data());
    sum({tile.data(), weights + block * c.kernel * c.in * kBlock, rows, c.kernel, c.in, c.stride, c.dilation, sums.data()});
    float* to = y + (item * c.outputs + row) * channels + block * kBlock;
    for (int64_t r = 0; r < rows; r++, to += channels) std::memcpy(to, sums.data() + r * kBlock, count * sizeof(float));
  }
}

// The same for the gradient to the input: a tile are as many times of each phase.
inline int64_t GroupedInputGradientParts(const Convolution& c) {
  return c.batch * Blocks(c.groups * c.in) * grouped_convolution::Tiles((c.time + c.stride - 1) / c.stride);
}

// Parts begin to end of dx [batch, time, groups * in]; weights from GroupedWeights::Backward. A stride needs a dilation
// of 1.
inline void GroupedInputGradient(const Convolution& c, const float* dy, const float* weights, int64_t begin, int64_t end,
                                 float* dx, InstructionSet set = ThisMachine()) {
  using namespace grouped_convolution;
  const auto sum = ChosenFor(set, SumPlain, SumAvx2, SumAvx512);
  const int64_t inputs = c.groups * c.in, channels = c.groups * c.out, blocks = Blocks(inputs);
  const int64_t steps = (c.time + c.stride - 1) / c.stride, tiles = Tiles(steps);
  // From the output that the last tap reaches from the tile's first row to the one of the first tap and last row.
  const int64_t before = (c.kernel - 1) * c.dilation / c.stride + 1, after = (c.stride - 1 + c.left) / c.stride;
  std::vector<float> tile((before + kRows + after) * c.out * kBlock), sums(kRows * kBlock);
  for (int64_t part = begin; part < end; part++) {
    const int64_t step = part % tiles * kRows, block = part / tiles % blocks, item = part / tiles / blocks;
    const int64_t count = std::min(kBlock, inputs - block * kBlock);
    int64_t lanes[kBlock];
    FindLanes(block, c.groups, c.in, c.out, lanes);
    const int64_t first = step - before;
    LayOut(dy + item * c.outputs * channels, c.outputs, channels, lanes, c.out, first,
           before + std::min(kRows, steps - step) + after, tile.data());
    const float* weight = weights + block * c.kernel * c.out * kBlock;
    for (int64_t phase = 0; phase < c.stride; phase++) {
      const int64_t rows = std::min(kRows, (c.time - phase + c.stride - 1) / c.stride - step);
      const int64_t last = GroupedWeights::LastTap(c, phase), taps = last < 0 ? 0 : last / c.stride + 1;
      // Time of an input: (step + row) * stride + phase; the tap `last` brings it from output:
      const int64_t output = c.stride > 1 ? step + (phase + c.left - last) / c.stride : step + c.left - last * c.dilation;
      if (rows > 0) {
        sum({tile.data() + (output - first) * c.out * kBlock, weight, rows, taps, c.out, 1, c.stride > 1 ? 1 : c.dilation,
             sums.data()});
        float* to = dx + (item * c.time + step * c.stride + phase) * inputs + block * kBlock;
        for (int64_t r = 0; r < rows; r++, to += c.stride * inputs) {
          std::memcpy(to, sums.data() + r * kBlock, count * sizeof(float));
        }
      }
      weight += taps * c.out * kBlock;
    }
  }
}

// Parts of the gradient to the filter that can be summed apart from each other: a block of an item's channels.
inline int64_t GroupedFilterGradientParts(const Convolution& c) { return c.batch * Blocks(c.groups * c.out); }

// Parts begin to end of the sums [item, block, kernel, in, kBlock], all zeros before, that SumOfItems makes a gradient of.
inline void GroupedFilterGradient(const Convolution& c, const float* x, const float* dy, int64_t begin, int64_t end,
                                  float* sums, InstructionSet set = ThisMachine()) {
  using namespace grouped_convolution;
  const auto add = ChosenFor(set, AddPlain, AddAvx2, AddAvx512);
  const int64_t inputs = c.groups * c.in, channels = c.groups * c.out, blocks = Blocks(channels);
  // Lanes beyond the last channel stay zero.
  std::vector<float> tile(((kRows - 1) * c.stride + (c.kernel - 1) * c.dilation + 1) * c.in * kBlock), outputs(kRows * kBlock);
  for (int64_t part = begin; part < end; part++) {
    const int64_t block = part % blocks, item = part / blocks, count = std::min(kBlock, channels - block * kBlock);
    int64_t lanes[kBlock];
    FindLanes(block, c.groups, c.out, c.in, lanes);
    if (count < kBlock) std::fill(outputs.begin(), outputs.end(), 0.0f);
    for (int64_t row = 0; row < c.outputs; row += kRows) {
      const int64_t rows = std::min(kRows, c.outputs - row);
      LayOut(x + item * c.time * inputs, c.time, inputs, lanes, c.in, row * c.stride - c.left,
             (rows - 1) * c.stride + (c.kernel - 1) * c.dilation + 1, tile.data());
      const float* from = dy + (item * c.outputs + row) * channels + block * kBlock;
      for (int64_t r = 0; r < rows; r++, from += channels) std::memcpy(outputs.data() + r * kBlock, from, count * sizeof(float));
      add({tile.data(), outputs.data(), rows, c.kernel, c.in, c.stride, c.dilation, sums + part * c.kernel * c.in * kBlock});
    }
  }
}

// dw [kernel, in, groups * out]: in the order of the items, however the parts were shared out.
inline void SumOfItems(const Convolution& c, const float* sums, float* dw) {
  const int64_t channels = c.groups * c.out, rows = c.kernel * c.in, item = Blocks(channels) * rows * kBlock;
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t channel = 0; channel < channels; channel++) {
      const float* from = sums + (channel / kBlock * rows + row) * kBlock + channel % kBlock;
      float sum = 0;
      for (int64_t i = 0; i < c.batch; i++) sum += from[i * item];
      dw[row * channels + channel] = sum;
    }
  }
}

}  // namespace hifigan
