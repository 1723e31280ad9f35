// Ops of our own for the native library, through its C interface (stable, quick to compile): where its own
// would pass over the weights many times, these pass over them once or twice; and those of convolution-ops.h.
#include <node_api.h>
#include "tensorflow/c/ops.h"

#include "convolution-ops.h"
#include "op-call.h"
#include "pointwise.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <vector>

namespace {

// Sums over all rows of a * b for each channel, on all threads.
std::vector<double> Products(const float* a, const float* b, int64_t rows, int64_t channels) {
  std::vector<std::vector<double>> sums(Threads(), std::vector<double>(channels));
  InParallel(rows, channels, [&](int part, int64_t begin, int64_t end) {
    hifigan::AddProducts(a + begin * channels, b + begin * channels, end - begin, channels, sums[part].data());
  });
  for (size_t part = 1; part < sums.size(); part++) {
    for (int64_t c = 0; c < channels; c++) sums[0][c] += sums[part][c];
  }
  return sums[0];
}

// v [..., channels], g [channels] -> w, inverse norms [channels]
void WeightNorm(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* v = call.Input(0);
  TF_Tensor* g = call.Input(1);
  if (!call.ok()) return;
  const int64_t channels = Count(g);
  if (!call.Require(channels > 0 && TF_NumDims(v) > 0 && TF_Dim(v, TF_NumDims(v) - 1) == channels,
                    "g must have a value for each channel of v")) {
    return;
  }
  TF_Tensor* w = call.Output(0, Shape(v));
  TF_Tensor* inverse = call.Output(1, {channels});
  if (!call.ok()) return;
  const int64_t rows = Count(v) / channels;
  const std::vector<double> squares = Products(Floats(v), Floats(v), rows, channels);
  std::vector<float> scale(channels);
  for (int64_t c = 0; c < channels; c++) {
    Floats(inverse)[c] = static_cast<float>(1 / std::sqrt(squares[c]));
    scale[c] = static_cast<float>(Floats(g)[c] / std::sqrt(squares[c]));
  }
  InParallel(rows, channels, [&](int, int64_t begin, int64_t end) {
    hifigan::Scale(Floats(v) + begin * channels, scale.data(), end - begin, channels, Floats(w) + begin * channels);
  });
}

// dw, v [..., channels], g, inverse [channels] -> dv, dg
void WeightNormGradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* dw = call.Input(0);
  TF_Tensor* v = call.Input(1);
  TF_Tensor* g = call.Input(2);
  TF_Tensor* inverse = call.Input(3);
  if (!call.ok()) return;
  const int64_t channels = Count(g);
  if (!call.Require(channels > 0 && Count(inverse) == channels && Count(dw) == Count(v) &&
                        TF_NumDims(v) > 0 && TF_Dim(v, TF_NumDims(v) - 1) == channels,
                    "dw must have the shape of v, g and inverse a value for each channel")) {
    return;
  }
  TF_Tensor* dv = call.Output(0, Shape(v));
  TF_Tensor* dg = call.Output(1, {channels});
  if (!call.ok()) return;
  const int64_t rows = Count(v) / channels;
  const std::vector<double> products = Products(Floats(dw), Floats(v), rows, channels);
  std::vector<float> scale(channels), back(channels);
  for (int64_t c = 0; c < channels; c++) {
    const double norm = Floats(inverse)[c];
    const double along = products[c] * norm;
    Floats(dg)[c] = static_cast<float>(along);
    scale[c] = static_cast<float>(Floats(g)[c] * norm);
    back[c] = static_cast<float>(Floats(g)[c] * norm * norm * along);
  }
  InParallel(rows, channels, [&](int, int64_t begin, int64_t end) {
    const int64_t from = begin * channels;
    hifigan::ScaleBoth(Floats(dw) + from, scale.data(), Floats(v) + from, back.data(), end - begin, channels,
              Floats(dv) + from);
  });
}

// parameter, gradient, first, second moment of one shape, constants [8] -> the new parameter and moments
void AdamWUpdate(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* inputs[5];
  for (int i = 0; i < 5; i++) inputs[i] = call.Input(i);
  if (!call.ok()) return;
  const int64_t count = Count(inputs[0]);
  bool same = Count(inputs[4]) * sizeof(float) == sizeof(hifigan::AdamW);
  for (int i = 1; i < 4; i++) same = same && Count(inputs[i]) == count;
  if (!call.Require(same, "parameter, gradient and moments must have one shape, constants 8 values")) return;
  TF_Tensor* outputs[3];
  for (int i = 0; i < 3; i++) outputs[i] = call.Output(i, Shape(inputs[0]));
  if (!call.ok()) return;
  hifigan::AdamW constants;
  std::memcpy(&constants, Floats(inputs[4]), sizeof constants);
  InParallel(count, 1, [&](int, int64_t begin, int64_t end) {
    hifigan::Update(constants, Floats(inputs[0]) + begin, Floats(inputs[1]) + begin, Floats(inputs[2]) + begin,
           Floats(inputs[3]) + begin, end - begin, Floats(outputs[0]) + begin, Floats(outputs[1]) + begin,
           Floats(outputs[2]) + begin);
  });
}

// x [..., channels] -> its sums over all axes but the last [channels]. In double, and rounded once: a bias's gradient may
// be a ten-thousandth of what it is the sum of.
void ChannelSum(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.Input(0);
  if (!call.ok()) return;
  if (!call.Require(TF_NumDims(x) > 0, "x must have an axis")) return;
  const int64_t channels = TF_Dim(x, TF_NumDims(x) - 1);
  TF_Tensor* y = call.Output(0, {channels});
  if (!call.ok() || channels == 0) return;
  std::vector<std::vector<double>> sums(Threads(), std::vector<double>(channels));
  InParallel(Count(x) / channels, channels, [&](int part, int64_t begin, int64_t end) {
    hifigan::AddRows(Floats(x) + begin * channels, end - begin, channels, sums[part].data());
  });
  for (int64_t c = 0; c < channels; c++) {
    double sum = 0;
    for (const std::vector<double>& part : sums) sum += part[c];
    Floats(y)[c] = static_cast<float>(sum);
  }
}

// The input of a convolution as a matrix: x [batch, time, channels], geometry [kernel size, stride, dilation,
// zeros on the left, output samples] -> [batch * output samples, kernel size * channels]
void Unfold(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.Input(0);
  TF_Tensor* geometry = call.Input(1);
  if (!call.ok()) return;
  const int32_t* numbers = static_cast<const int32_t*>(TF_TensorData(geometry));
  if (!call.Require(TF_NumDims(x) == 3 && Count(geometry) == 5 && numbers[0] > 0 && numbers[1] > 0 &&
                        numbers[2] > 0 && numbers[4] > 0,
                    "x must have 3 axes, geometry 5 values above 0 (zeros on the left: from 0)")) {
    return;
  }
  const int64_t kernel = numbers[0], stride = numbers[1], dilation = numbers[2], left = numbers[3];
  const int64_t outputs = numbers[4];
  const int64_t batch = TF_Dim(x, 0), time = TF_Dim(x, 1), channels = TF_Dim(x, 2);
  TF_Tensor* matrix = call.Output(0, {batch * outputs, kernel * channels});
  if (!call.ok()) return;
  const size_t bytes = channels * sizeof(float);
  InParallel(batch * outputs, kernel * channels, [&](int, int64_t begin, int64_t end) {
    float* to = Floats(matrix) + begin * kernel * channels;
    for (int64_t row = begin; row < end; row++) {
      const float* item = Floats(x) + row / outputs * time * channels;
      int64_t t = row % outputs * stride - left;
      for (int64_t tap = 0; tap < kernel; tap++, t += dilation, to += channels) {
        if (t < 0 || t >= time) {
          std::memset(to, 0, bytes);
        } else {
          std::memcpy(to, item + t * channels, bytes);
        }
      }
    }
  });
}

using Compute = void (*)(void*, TF_OpKernelContext*);

// An exception must not leave through the library's C interface.
template <Compute compute>
void Guarded(void* state, TF_OpKernelContext* context) {
  try {
    compute(state, context);
  } catch (const std::bad_alloc&) {
    TF_Status* status = TF_NewStatus();
    TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, "out of memory");
    TF_OpKernelContext_Failure(context, status);
    TF_DeleteStatus(status);
  }
}

// Returns what is wrong, if anything.
template <Compute compute>
std::string Register(const char* name, const std::vector<const char*>& inputs,
                     const std::vector<const char*>& outputs) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, [](TF_ShapeInferenceContext* context, TF_Status* s) {
    TF_ShapeInferenceContextSetUnknownShape(context, s);
  });
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", nullptr, Guarded<compute>, nullptr);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  std::string problem = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  return problem;
}

std::string RegisterAll() {
  std::string problems;
  problems += Register<WeightNorm>("HifiganWeightNorm", {"v: float", "g: float"}, {"w: float", "inverse: float"});
  problems += Register<WeightNormGradient>("HifiganWeightNormGradient",
                                           {"dw: float", "v: float", "g: float", "inverse: float"},
                                           {"dv: float", "dg: float"});
  problems += Register<AdamWUpdate>(
      "HifiganAdamWUpdate",
      {"parameter: float", "gradient: float", "first: float", "second: float", "constants: float"},
      {"new_parameter: float", "new_first: float", "new_second: float"});
  problems += Register<ChannelSum>("HifiganChannelSum", {"x: float"}, {"y: float"});
  problems += Register<Unfold>("HifiganUnfold", {"x: float", "geometry: int32"}, {"matrix: float"});
  problems += Register<FilterGradient>("HifiganFilterGradient", {"x: float", "dy: float", "geometry: int32"}, {"dw: float"});
  problems += Register<GroupedFilterGradient>("HifiganGroupedFilterGradient",
                                              {"x: float", "dy: float", "geometry: int32"}, {"dw: float"});
  problems += Register<GroupedConvolution>("HifiganGroupedConvolution",
                                           {"x: float", "filter: float", "geometry: int32", "outputs: int32"},
                                           {"y: float"});
  problems += Register<GroupedInputGradient>("HifiganGroupedInputGradient",
                                             {"dy: float", "filter: float", "geometry: int32", "time: int32"},
                                             {"dx: float"});
  return problems;
}

}  // namespace

// The module has one property: what went wrong, or an empty text.
NAPI_MODULE_INIT() {
  // Threads of Node that load it again find the ops registered.
  static const std::string problems = RegisterAll();
  napi_value text;
  napi_create_string_utf8(env, problems.data(), problems.size(), &text);
  napi_set_named_property(env, exports, "problems", text);
  return exports;
}
