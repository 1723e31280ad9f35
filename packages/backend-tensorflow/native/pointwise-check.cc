// The arithmetic of pointwise.h that has several products, with its arrays at many distances and all alignments, beside the
// same with each operation rounded by itself. Prints a line for each function: its name, how many values were compared, how many differ in any bit.
// Compiled and run by own-arithmetic.test.ts.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include "pointwise.h"

namespace {

constexpr int64_t kRows = 5;
// Of a vector's length, less, more, and a few vectors.
constexpr int64_t kChannels[] = {1, 3, 8, 16, 19, 64};
constexpr int64_t kMost = 64;
// Floats between two arrays: up to more than two vectors.
constexpr int64_t kGaps = 40;

float Rounded(float value) {
  volatile float stored = value;
  return stored;
}

uint32_t seed = 1;
void Fill(float* to, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    seed = seed * 1664525u + 1013904223u;
    to[i] = 90 * (static_cast<float>(seed >> 8) / (1 << 23) - 1);
  }
}

// Places arrays one after the other in one block, `gap` floats between them, the first `offset` floats into it.
class Block {
 public:
  Block(int64_t gap, int64_t offset) : gap_(gap), next_(offset), floats_(16 * (kRows * kMost + kGaps)) {}
  float* Place(int64_t count) {
    float* placed = floats_.data() + next_;
    next_ += count + gap_;
    return placed;
  }

 private:
  int64_t gap_, next_;
  std::vector<float> floats_;
};

struct Found {
  int64_t compared = 0, different = 0;
  void Compare(float expected, float found) {
    compared++;
    if (std::memcmp(&expected, &found, sizeof found) != 0) different++;
  }
};

template <typename Visit>
void AtAllPlaces(const Visit& visit) {
  for (int64_t gap = 0; gap < kGaps; gap++)
    for (int64_t offset = 0; offset < 16; offset++)
      for (int64_t channels : kChannels) visit(Block(gap, offset), channels);
}

Found ScaleBoth() {
  Found found;
  AtAllPlaces([&](Block block, int64_t channels) {
    const int64_t count = kRows * channels;
    // The result right behind what it is made of: where an allocator may put it.
    float* a = block.Place(count);
    float* b = block.Place(count);
    float* scale_a = block.Place(channels);
    float* scale_b = block.Place(channels);
    float* y = block.Place(count);
    Fill(a, count), Fill(b, count), Fill(scale_a, channels), Fill(scale_b, channels);
    hifigan::ScaleBoth(a, scale_a, b, scale_b, kRows, channels, y);
    for (int64_t i = 0; i < count; i++) {
      found.Compare(Rounded(a[i] * scale_a[i % channels]) - Rounded(b[i] * scale_b[i % channels]), y[i]);
    }
  });
  return found;
}

Found Update() {
  Found found;
  const hifigan::AdamW k = {0.999998f, 0.8f, 0.2f, 0.99f, 0.01f, 2e-4f, 1.3f, 1e-8f};
  AtAllPlaces([&](Block block, int64_t channels) {
    const int64_t count = kRows * channels;
    float* inputs[4];
    for (float*& input : inputs) Fill(input = block.Place(count), count);
    auto [p, g, m, v] = inputs;
    for (int64_t i = 0; i < count; i++) v[i] = std::fabs(v[i]);
    float* new_p = block.Place(count);
    float* new_m = block.Place(count);
    float* new_v = block.Place(count);
    hifigan::Update(k, p, g, m, v, count, new_p, new_m, new_v);
    for (int64_t i = 0; i < count; i++) {
      const float first = Rounded(k.beta1 * m[i]) + Rounded(k.rest1 * g[i]);
      const float second = Rounded(k.beta2 * v[i]) + Rounded(Rounded(k.rest2 * g[i]) * g[i]);
      const float denominator = Rounded(Rounded(std::sqrt(Rounded(second))) * k.root) + k.epsilon;
      found.Compare(first, new_m[i]);
      found.Compare(second, new_v[i]);
      found.Compare(Rounded(k.kept * p[i]) - Rounded(Rounded(k.rate * Rounded(first)) / Rounded(denominator)), new_p[i]);
    }
  });
  return found;
}

void Print(const char* name, const Found& found) {
  std::printf("%s %lld %lld\n", name, static_cast<long long>(found.compared), static_cast<long long>(found.different));
}

}  // namespace

int main() {
  Print("ScaleBoth", ScaleBoth());
  Print("Update", Update());
}
