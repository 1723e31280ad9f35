// What a process that computes with the native library needs of its system, and JavaScript cannot do.
#include <node_api.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace {

constexpr int kStandardError = 2;
int kept = -1;
int caught = -1;

// What the native library writes to the standard error, past JavaScript, is caught for a while.
// catchMessages(): from now on they go into memory. Whether it worked.
napi_value CatchMessages(napi_env env, napi_callback_info) {
  bool works = false;
  if (kept < 0) {
    kept = fcntl(kStandardError, F_DUPFD_CLOEXEC, 3);
    caught = memfd_create("messages", MFD_CLOEXEC);
    works = kept >= 0 && caught >= 0 && dup2(caught, kStandardError) >= 0;
  }
  napi_value result;
  napi_get_boolean(env, works, &result);
  return result;
}

// releaseMessages(): back to where they went; returns what was caught.
napi_value ReleaseMessages(napi_env env, napi_callback_info) {
  std::string text;
  if (kept >= 0) dup2(kept, kStandardError);
  if (caught >= 0) {
    char buffer[4096];
    lseek(caught, 0, SEEK_SET);
    for (ssize_t size; (size = read(caught, buffer, sizeof buffer)) > 0;) text.append(buffer, size);
    close(caught);
  }
  if (kept >= 0) close(kept);
  kept = caught = -1;
  napi_value result;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

// keepSignalsAway(): signals of the process go to a thread that does nothing else. Some matrix products of
// oneDNN do not survive a signal handler on their stack (Ctrl-C or a resized terminal then ends the process
// with a corrupted heap). Threads made from now on by this one, so the library's, inherit the block; Node's
// handlers only write into a pipe, on whichever thread.
napi_value KeepSignalsAway(napi_env, napi_callback_info) {
  static const bool once = [] {
    std::thread([] {
      for (;;) pause();
    }).detach();
    sigset_t signals;
    sigemptyset(&signals);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD, SIGCONT,
                       SIGTSTP, SIGALRM}) {
      sigaddset(&signals, signal);
    }
    return pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0;
  }();
  (void)once;
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, nullptr, 0, CatchMessages, nullptr, &function);
  napi_set_named_property(env, exports, "catchMessages", function);
  napi_create_function(env, nullptr, 0, ReleaseMessages, nullptr, &function);
  napi_set_named_property(env, exports, "releaseMessages", function);
  napi_create_function(env, nullptr, 0, KeepSignalsAway, nullptr, &function);
  napi_set_named_property(env, exports, "keepSignalsAway", function);
  return exports;
}
