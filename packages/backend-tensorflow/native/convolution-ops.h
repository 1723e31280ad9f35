// The convolutions of our own as ops of the library.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "filter-gradient.h"
#include "grouped-convolution.h"
#include "op-call.h"

namespace {

// Geometry as integers [kernel size, stride, dilation, zeros on the left, groups], of a convolution of x [batch, time,
// channels] to y [batch, outputs, channels out]. @return false where they do not fit; then the call has failed
bool ReadConvolution(Call& call, const std::vector<int64_t>& x, const std::vector<int64_t>& y, TF_Tensor* geometry,
                     hifigan::Convolution* convolution) {
  const int32_t* numbers = static_cast<const int32_t*>(TF_TensorData(geometry));
  if (!call.Require(x.size() == 3 && y.size() == 3 && x[0] == y[0] && Count(geometry) == 5 && numbers[0] > 0 &&
                        numbers[1] > 0 && numbers[2] > 0 && numbers[3] >= 0 && numbers[4] > 0 &&
                        x[2] % numbers[4] == 0 && y[2] % numbers[4] == 0,
                    "x and y or its gradient must have 3 axes and one batch, geometry 5 values above 0 (zeros on the left: from 0), "
                    "and both numbers of channels be multiples of the groups")) {
    return false;
  }
  const int64_t groups = numbers[4];
  *convolution = {x[0], x[1], y[1], groups, x[2] / groups, y[2] / groups, numbers[0], numbers[1], numbers[2], numbers[3]};
  return true;
}

// x [batch, time, channels], dy [batch, outputs, channels out], geometry -> the filter's gradient [kernel size,
// channels / groups, channels out], which work(convolution, x, dy, dw) computes.
template <typename Work>
void FilterGradientBy(TF_OpKernelContext* context, const Work& work) {
  Call call(context);
  TF_Tensor* x = call.Input(0);
  TF_Tensor* dy = call.Input(1);
  TF_Tensor* geometry = call.Input(2);
  hifigan::Convolution convolution;
  if (!call.ok() || !ReadConvolution(call, Shape(x), Shape(dy), geometry, &convolution)) return;
  TF_Tensor* dw = call.Output(0, {convolution.kernel, convolution.in, TF_Dim(dy, 2)});
  if (call.ok()) work(convolution, Floats(x), Floats(dy), Floats(dw));
}

void FilterGradient(void*, TF_OpKernelContext* context) {
  FilterGradientBy(context, [](const hifigan::Convolution& c, const float* x, const float* dy, float* dw) {
    const int64_t parts = hifigan::FilterGradientParts(c);
    const int64_t products = c.kernel * c.in * c.groups * c.out * c.batch * c.outputs;
    InParallel(parts, products / std::max<int64_t>(1, parts), [&](int, int64_t begin, int64_t end) {
      hifigan::FilterGradient(c, x, dy, begin, end, dw);
    });
  });
}

// The same where groups have few channels.
void GroupedFilterGradient(void*, TF_OpKernelContext* context) {
  FilterGradientBy(context, [](const hifigan::Convolution& c, const float* x, const float* dy, float* dw) {
    const int64_t parts = hifigan::GroupedFilterGradientParts(c);
    const int64_t values = c.kernel * c.in * hifigan::kBlock;
    std::vector<float> sums(parts * values);
    InParallel(parts, values * c.outputs, [&](int, int64_t begin, int64_t end) {
      hifigan::GroupedFilterGradient(c, x, dy, begin, end, sums.data());
    });
    hifigan::SumOfItems(c, sums.data(), dw);
  });
}

bool IsFilterOf(const hifigan::Convolution& c, TF_Tensor* filter) {
  return Shape(filter) == std::vector<int64_t>{c.kernel, c.in, c.groups * c.out};
}

// x [batch, time, channels], filter [kernel size, channels / groups, channels out], geometry, outputs [1] -> y [batch,
// outputs, channels out]
void GroupedConvolution(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.Input(0);
  TF_Tensor* filter = call.Input(1);
  TF_Tensor* geometry = call.Input(2);
  TF_Tensor* outputs = call.Input(3);
  if (!call.ok() || !call.Require(TF_NumDims(x) == 3 && TF_NumDims(filter) == 3 && Count(outputs) == 1,
                                  "x and filter must have 3 axes, outputs one value")) {
    return;
  }
  const std::vector<int64_t> shape = {TF_Dim(x, 0), *static_cast<const int32_t*>(TF_TensorData(outputs)), TF_Dim(filter, 2)};
  hifigan::Convolution convolution;
  if (!ReadConvolution(call, Shape(x), shape, geometry, &convolution) ||
      !call.Require(shape[1] >= 0 && IsFilterOf(convolution, filter), "filter must fit x and the groups")) {
    return;
  }
  TF_Tensor* y = call.Output(0, shape);
  if (!call.ok()) return;
  const std::vector<float> weights = hifigan::GroupedWeights::Forward(convolution, Floats(filter));
  const int64_t parts = hifigan::GroupedConvolutionParts(convolution);
  const int64_t products = Count(y) * convolution.kernel * convolution.in;
  InParallel(parts, products / std::max<int64_t>(1, parts), [&](int, int64_t begin, int64_t end) {
    hifigan::GroupedConvolution(convolution, Floats(x), weights.data(), begin, end, Floats(y));
  });
}

// dy [batch, outputs, channels out], filter [kernel size, channels / groups, channels out], geometry, time [1] -> dx
// [batch, time, channels]
void GroupedInputGradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* dy = call.Input(0);
  TF_Tensor* filter = call.Input(1);
  TF_Tensor* geometry = call.Input(2);
  TF_Tensor* time = call.Input(3);
  if (!call.ok() || !call.Require(TF_NumDims(dy) == 3 && TF_NumDims(filter) == 3 && Count(time) == 1 && Count(geometry) == 5,
                                  "dy and filter must have 3 axes, geometry 5 values and time one")) {
    return;
  }
  const int64_t groups = static_cast<const int32_t*>(TF_TensorData(geometry))[4];
  const std::vector<int64_t> shape = {TF_Dim(dy, 0), *static_cast<const int32_t*>(TF_TensorData(time)), TF_Dim(filter, 1) * groups};
  hifigan::Convolution convolution;
  if (!ReadConvolution(call, shape, Shape(dy), geometry, &convolution) ||
      !call.Require(shape[1] >= 0 && IsFilterOf(convolution, filter), "filter must fit dy and the groups") ||
      !call.Require(convolution.stride == 1 || convolution.dilation == 1, "a stride needs a dilation of 1")) {
    return;
  }
  TF_Tensor* dx = call.Output(0, shape);
  if (!call.ok()) return;
  const std::vector<float> weights = hifigan::GroupedWeights::Backward(convolution, Floats(filter));
  const int64_t parts = hifigan::GroupedInputGradientParts(convolution);
  const int64_t products = Count(dy) * convolution.kernel * convolution.in;
  InParallel(parts, products / std::max<int64_t>(1, parts), [&](int, int64_t begin, int64_t end) {
    hifigan::GroupedInputGradient(convolution, Floats(dy), weights.data(), begin, end, Floats(dx));
  });
}

}  // namespace
