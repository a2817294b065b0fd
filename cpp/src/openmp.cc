// Splits the range of one large kernel over OpenMP threads: the one file that knows OpenMP (build option VAERANS_OPENMP).
#include <omp.h>
#include <stddef.h>

#include <atomic>

#ifdef _WIN32
#include <process.h>
#define VAERANS_GETPID _getpid
#else
#include <unistd.h>
#define VAERANS_GETPID getpid
#endif

extern "C" {

typedef void (*vaerans_range)(const void* context, size_t begin, size_t end);

// Whether this process may enter a parallel region: a child of a fork has none of the threads that OpenMP kept in its
// parent, and would wait for them for ever.
static bool may_split() {
  static std::atomic<long> owner{0};
  long nobody = 0;
  const long self = static_cast<long>(VAERANS_GETPID());
  return owner.compare_exchange_strong(nobody, self) || nobody == self;
}

// Calls range(context, begin, end) for parts of [0, n) that cover it once, from at most `threads` threads; parts begin at
// multiples of `step`.
void vaerans_split(size_t n, size_t threads, size_t step, vaerans_range range, const void* context) {
  const size_t steps = (n + step - 1) / step;
  const size_t parts = threads < steps ? threads : steps;
  if (parts <= 1 || !may_split()) {
    range(context, 0, n);
    return;
  }
#pragma omp parallel for num_threads(static_cast<int>(parts)) schedule(static, 1)
  for (long part = 0; part < static_cast<long>(parts); part++) {
    const size_t p = static_cast<size_t>(part);
    // The first steps % parts parts have one step more.
    const size_t each = steps / parts, more = steps % parts;
    const size_t begin = (p * each + (p < more ? p : more)) * step;
    const size_t end = begin + (each + (p < more ? 1 : 0)) * step;
    range(context, begin, end < n ? end : n);
  }
}
}
