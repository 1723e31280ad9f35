// Ops of our own for the native library, through its C interface (stable, quick to compile): where its own
// would pass over the weights many times, these pass over them once or twice.
#include <node_api.h>
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

#include "filter-gradient.h"
#include "grouped-convolution.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_MACHINE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_MACHINE
#endif

namespace {

// Fewer values than this are not worth another thread.
constexpr int64_t kValuesPerThread = 1 << 18;

int Threads() {
  // What loadTensorflow sets for the library's own.
  static const int threads = [] {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int number = wanted ? std::atoi(wanted) : 0;
    return number > 0 ? number : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }();
  return threads;
}

// Calls work(part, begin, end) on parts of [0, count), the first one here; returns the number of parts.
template <typename Work>
int InParallel(int64_t count, int64_t values_each, const Work& work) {
  const int64_t most = std::max<int64_t>(1, count * values_each / kValuesPerThread);
  const int parts = static_cast<int>(std::min<int64_t>({Threads(), most, std::max<int64_t>(1, count)}));
  std::vector<std::thread> others;
  for (int part = 1; part < parts; part++) {
    others.emplace_back(work, part, count * part / parts, count * (part + 1) / parts);
  }
  work(0, 0, count / parts);
  for (std::thread& other : others) other.join();
  return parts;
}

// --- arithmetic, on rows of `channels` values -------------------------------------------------------

FOR_EACH_MACHINE void AddProducts(const float* a, const float* b, int64_t rows, int64_t channels,
                                  double* sums) {
  for (int64_t row = 0; row < rows; row++, a += channels, b += channels) {
    for (int64_t c = 0; c < channels; c++) sums[c] += static_cast<double>(a[c]) * b[c];
  }
}

FOR_EACH_MACHINE void Scale(const float* x, const float* scale, int64_t rows, int64_t channels, float* y) {
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels) {
    for (int64_t c = 0; c < channels; c++) y[c] = x[c] * scale[c];
  }
}

FOR_EACH_MACHINE void ScaleBoth(const float* a, const float* scale_a, const float* b, const float* scale_b,
                                int64_t rows, int64_t channels, float* y) {
  for (int64_t row = 0; row < rows; row++, a += channels, b += channels, y += channels) {
    for (int64_t c = 0; c < channels; c++) y[c] = a[c] * scale_a[c] - b[c] * scale_b[c];
  }
}

struct AdamW {
  float kept, beta1, rest1, beta2, rest2, rate, root, epsilon;
};

FOR_EACH_MACHINE void Update(const AdamW& k, const float* __restrict p, const float* __restrict g,
                             const float* __restrict m, const float* __restrict v, int64_t count,
                             float* __restrict new_p, float* __restrict new_m, float* __restrict new_v) {
  for (int64_t i = 0; i < count; i++) {
    const float first = k.beta1 * m[i] + k.rest1 * g[i];
    const float second = k.beta2 * v[i] + k.rest2 * g[i] * g[i];
    new_m[i] = first;
    new_v[i] = second;
    new_p[i] = k.kept * p[i] - k.rate * first / (std::sqrt(second) * k.root + k.epsilon);
  }
}

// Sums over all rows of a * b for each channel, on all threads.
std::vector<double> Products(const float* a, const float* b, int64_t rows, int64_t channels) {
  std::vector<std::vector<double>> sums(Threads(), std::vector<double>(channels));
  InParallel(rows, channels, [&](int part, int64_t begin, int64_t end) {
    AddProducts(a + begin * channels, b + begin * channels, end - begin, channels, sums[part].data());
  });
  for (size_t part = 1; part < sums.size(); part++) {
    for (int64_t c = 0; c < channels; c++) sums[0][c] += sums[part][c];
  }
  return sums[0];
}

// --- the library's side -----------------------------------------------------------------------------

// One call of an op: its tensors, freed at the end; the first failure is reported and ends the rest.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }

  TF_Tensor* Input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    return Own(tensor);
  }

  TF_Tensor* Output(int index, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (int64_t length : shape) count *= length;
    return Own(TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                 count * sizeof(float), status_));
  }

  bool Require(bool right, const char* message) {
    if (failed_ || right) return !failed_;
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
    return Failed();
  }

  bool ok() const { return !failed_; }

 private:
  TF_Tensor* Own(TF_Tensor* tensor) {
    if (TF_GetCode(status_) != TF_OK) Failed();
    if (tensor) tensors_.push_back(tensor);
    return tensor;
  }

  bool Failed() {
    failed_ = true;
    TF_OpKernelContext_Failure(context_, status_);
    return false;
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
  bool failed_ = false;
};

float* Floats(TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); }

int64_t Count(TF_Tensor* tensor) { return TF_TensorElementCount(tensor); }

std::vector<int64_t> Shape(TF_Tensor* tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = TF_Dim(tensor, static_cast<int>(axis));
  return shape;
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
    Scale(Floats(v) + begin * channels, scale.data(), end - begin, channels, Floats(w) + begin * channels);
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
    ScaleBoth(Floats(dw) + from, scale.data(), Floats(v) + from, back.data(), end - begin, channels,
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
  bool same = Count(inputs[4]) * sizeof(float) == sizeof(AdamW);
  for (int i = 1; i < 4; i++) same = same && Count(inputs[i]) == count;
  if (!call.Require(same, "parameter, gradient and moments must have one shape, constants 8 values")) return;
  TF_Tensor* outputs[3];
  for (int i = 0; i < 3; i++) outputs[i] = call.Output(i, Shape(inputs[0]));
  if (!call.ok()) return;
  AdamW constants;
  std::memcpy(&constants, Floats(inputs[4]), sizeof constants);
  InParallel(count, 1, [&](int, int64_t begin, int64_t end) {
    Update(constants, Floats(inputs[0]) + begin, Floats(inputs[1]) + begin, Floats(inputs[2]) + begin,
           Floats(inputs[3]) + begin, end - begin, Floats(outputs[0]) + begin, Floats(outputs[1]) + begin,
           Floats(outputs[2]) + begin);
  });
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

// Geometry as integers [kernel size, stride, dilation, zeros on the left, groups], of a convolution of x [batch, time,
// channels] to y [batch, outputs, channels out]. @return false where they do not fit; then the call has failed
bool ReadConvolution(Call& call, const std::vector<int64_t>& x, const std::vector<int64_t>& y, TF_Tensor* geometry,
                     hifigan::Convolution* convolution) {
  const int32_t* numbers = static_cast<const int32_t*>(TF_TensorData(geometry));
  if (!call.Require(x.size() == 3 && y.size() == 3 && x[0] == y[0] && Count(geometry) == 5 && numbers[0] > 0 &&
                        numbers[1] > 0 && numbers[2] > 0 && numbers[3] >= 0 && numbers[4] > 0 &&
                        x[2] % numbers[4] == 0 && y[2] % numbers[4] == 0,
                    "x and dy must have 3 axes and one batch, geometry 5 values above 0 (zeros on the left: from 0), "
                    "and both numbers of channels be multiples of the groups")) {
    return false;
  }
  const int64_t groups = numbers[4];
  *convolution = {x[0], x[1], y[1], groups, x[2] / groups, y[2] / groups, numbers[0], numbers[1], numbers[2], numbers[3]};
  return true;
}

// x [batch, time, channels], dy [batch, outputs, channels out], geometry -> the filter's gradient [kernel size,
// channels / groups, channels out]
void FilterGradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.Input(0);
  TF_Tensor* dy = call.Input(1);
  TF_Tensor* geometry = call.Input(2);
  hifigan::Convolution convolution;
  if (!call.ok() || !ReadConvolution(call, Shape(x), Shape(dy), geometry, &convolution)) return;
  TF_Tensor* dw = call.Output(0, {convolution.kernel, convolution.in, TF_Dim(dy, 2)});
  if (!call.ok()) return;
  const int64_t parts = hifigan::FilterGradientParts(convolution);
  const int64_t products = Count(dw) * convolution.batch * convolution.outputs;
  InParallel(parts, products / std::max<int64_t>(1, parts), [&](int, int64_t begin, int64_t end) {
    hifigan::FilterGradient(convolution, Floats(x), Floats(dy), begin, end, Floats(dw));
  });
}

// The same where groups have few channels.
void GroupedFilterGradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.Input(0);
  TF_Tensor* dy = call.Input(1);
  TF_Tensor* geometry = call.Input(2);
  hifigan::Convolution convolution;
  if (!call.ok() || !ReadConvolution(call, Shape(x), Shape(dy), geometry, &convolution)) return;
  TF_Tensor* dw = call.Output(0, {convolution.kernel, convolution.in, TF_Dim(dy, 2)});
  if (!call.ok()) return;
  const int64_t parts = hifigan::GroupedFilterGradientParts(convolution);
  const int64_t values = convolution.kernel * convolution.in * hifigan::kBlock;
  std::vector<float> sums(parts * values);
  InParallel(parts, values * convolution.outputs, [&](int, int64_t begin, int64_t end) {
    hifigan::GroupedFilterGradient(convolution, Floats(x), Floats(dy), begin, end, sums.data());
  });
  hifigan::SumOfItems(convolution, sums.data(), Floats(dw));
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

using Compute = void (*)(void*, TF_OpKernelContext*);

// Returns what is wrong, if anything.
std::string Register(const char* name, const std::vector<const char*>& inputs,
                     const std::vector<const char*>& outputs, Compute compute) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, [](TF_ShapeInferenceContext* context, TF_Status* s) {
    TF_ShapeInferenceContextSetUnknownShape(context, s);
  });
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  std::string problem = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  return problem;
}

std::string RegisterAll() {
  std::string problems;
  problems += Register("HifiganWeightNorm", {"v: float", "g: float"}, {"w: float", "inverse: float"},
                       WeightNorm);
  problems += Register("HifiganWeightNormGradient",
                       {"dw: float", "v: float", "g: float", "inverse: float"},
                       {"dv: float", "dg: float"}, WeightNormGradient);
  problems += Register("HifiganAdamWUpdate",
                       {"parameter: float", "gradient: float", "first: float", "second: float",
                        "constants: float"},
                       {"new_parameter: float", "new_first: float", "new_second: float"}, AdamWUpdate);
  problems += Register("HifiganFilterGradient", {"x: float", "dy: float", "geometry: int32"}, {"dw: float"},
                       FilterGradient);
  problems += Register("HifiganGroupedFilterGradient", {"x: float", "dy: float", "geometry: int32"}, {"dw: float"},
                       GroupedFilterGradient);
  problems += Register("HifiganGroupedConvolution", {"x: float", "filter: float", "geometry: int32", "outputs: int32"},
                       {"y: float"}, GroupedConvolution);
  problems += Register("HifiganGroupedInputGradient", {"dy: float", "filter: float", "geometry: int32", "time: int32"},
                       {"dx: float"}, GroupedInputGradient);
  problems += Register("HifiganUnfold", {"x: float", "geometry: int32"}, {"matrix: float"}, Unfold);
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
