// What an op of our own has of the library: its tensors, a way to fail, and threads.
#pragma once

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

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

}  // namespace
