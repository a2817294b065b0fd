// Distances between two pictures. Integer sums are exact in any order; a sum of doubles runs over 16 lanes (element i
// in lane i % 16) and a fixed tree, as reference/metric.rs does, so that it is equal on every instruction set.

#include "lanes.h"
#include "vaerans/kernels.h"

namespace {

constexpr size_t kSums = 16;
constexpr size_t kSide = VAERANS_SSIM_SIDE;
constexpr size_t kRadius = VAERANS_SSIM_TAPS - 1;

double tree(double* lanes) {
  for (size_t width = kSums / 2; width > 0; width /= 2) {
    for (size_t i = 0; i < width; i++) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}

// Values worked out before they are summed; a multiple of kSums.
constexpr size_t kStrip = 256;

// Adds a strip to lanes that outlive it.
void add_strip(double* lanes, const double* values, size_t n) {
  size_t i = 0;
  for (; i + kSums <= n; i += kSums) {
    for (size_t l = 0; l < kSums; l++) lanes[l] += values[i + l];
  }
  for (size_t l = 0; i < n; i++, l++) lanes[l] += values[i];
}

// Samples whose 32-bit sum of squared 8-bit differences cannot overflow: 2^16 * 255^2 < 2^32.
constexpr size_t kBlock = size_t{1} << 16;

uint64_t sse_u8(const uint8_t* a, const uint8_t* b, size_t n) {
  uint64_t total = 0;
  for (size_t start = 0; start < n; start += kBlock) {
    const size_t end = n - start < kBlock ? n : start + kBlock;
    uint32_t sum = 0;
    for (size_t i = start; i < end; i++) {
      const int32_t d = static_cast<int32_t>(a[i]) - static_cast<int32_t>(b[i]);
      sum += static_cast<uint32_t>(d * d);
    }
    total += sum;
  }
  return total;
}

uint64_t sse_u16(const uint16_t* a, const uint16_t* b, size_t n) {
  uint64_t total = 0;
  for (size_t i = 0; i < n; i++) {
    const uint32_t d = a[i] < b[i] ? static_cast<uint32_t>(b[i] - a[i]) : static_cast<uint32_t>(a[i] - b[i]);
    total += d * d;  // at most 65535^2 < 2^32
  }
  return total;
}

double sse_f32(const float* a, const float* b, size_t n) {
  double lanes[kSums] = {};
  size_t i = 0;
  for (; i + kSums <= n; i += kSums) {
    for (size_t l = 0; l < kSums; l++) {
      const double d = static_cast<double>(a[i + l]) - static_cast<double>(b[i + l]);
      lanes[l] += d * d;
    }
  }
  for (size_t l = 0; i < n; i++, l++) {
    const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    lanes[l] += d * d;
  }
  return tree(lanes);
}

// A line of each sum: of x, y, x^2 + y^2 and x y.
size_t scratch_of(size_t row) { return 4 * row; }

// Column sums over seven rows of x, y, x^2 + y^2 and x y. Sum holds them exactly: 49 * 2 * 255^2 < 2^31 for bytes,
// 49 * 2 * 65535^2 < 2^53 for 16 bits.
template <typename Sum>
struct Columns {
  Sum* __restrict x;
  Sum* __restrict y;
  Sum* __restrict squares;
  Sum* __restrict products;
};

template <typename T, typename Sum>
void add_row(const Columns<Sum>& columns, const T* __restrict a, const T* __restrict b, size_t row) {
  for (size_t i = 0; i < row; i++) {
    const Sum x = a[i], y = b[i];
    columns.x[i] += x;
    columns.y[i] += y;
    columns.squares[i] += x * x + y * y;
    columns.products[i] += x * y;
  }
}

// Window moves down by one row: the row at `a`, `b` leaves, the row seven below comes in.
template <typename T, typename Sum>
void slide(const Columns<Sum>& columns, const T* __restrict a, const T* __restrict b, size_t row) {
  for (size_t i = 0; i < row; i++) {
    const Sum x0 = a[i], y0 = b[i], x1 = a[i + kSide * row], y1 = b[i + kSide * row];
    columns.x[i] += x1 - x0;
    columns.y[i] += y1 - y0;
    columns.squares[i] += (x1 * x1 + y1 * y1) - (x0 * x0 + y0 * y0);
    columns.products[i] += x1 * y1 - x0 * y0;
  }
}

template <typename Sum>
Sum across(const Sum* column, size_t channels) {
  Sum sum = column[0];
  for (size_t k = 1; k < kSide; k++) sum += column[k * channels];
  return sum;
}

// SSIM of the windows [start, start + n) of the row whose column sums are given; n <= kStrip.
template <typename Sum>
void uniform_fractions(const Columns<Sum>& columns, size_t start, size_t n, size_t channels, double c1, double c2,
                       double* __restrict out) {
  for (size_t i = 0; i < n; i++) {
    const size_t at = start + i;
    const double x = static_cast<double>(across(columns.x + at, channels));
    const double y = static_cast<double>(across(columns.y + at, channels));
    const double square = static_cast<double>(across(columns.squares + at, channels));
    const double cross = static_cast<double>(across(columns.products + at, channels));
    const double product = x * y;
    const double squares = x * x + y * y;
    const double numerator = (2.0 * product + c1) * (2.0 * (49.0 * cross - product) + c2);
    const double denominator = (squares + c1) * ((49.0 * square - squares) + c2);
    out[i] = numerator / denominator;
  }
}

template <typename Sum>
double uniform_row(const Columns<Sum>& columns, size_t windows, size_t channels, double c1, double c2) {
  double lanes[kSums] = {};
  double values[kStrip];
  for (size_t start = 0; start < windows; start += kStrip) {
    const size_t n = windows - start < kStrip ? windows - start : kStrip;
    uniform_fractions(columns, start, n, channels, c1, c2, values);
    add_strip(lanes, values, n);
  }
  return tree(lanes);
}

template <typename T, typename Sum>
void ssim(const T* a, const T* b, size_t row, size_t channels, double c1, double c2, void* scratch, size_t begin,
          size_t end, double* sums) {
  Sum* memory = static_cast<Sum*>(scratch);
  const Columns<Sum> columns = {memory, memory + row, memory + 2 * row, memory + 3 * row};
  for (size_t i = 0; i < scratch_of(row); i++) memory[i] = 0;
  for (size_t y = begin; y < begin + kSide && begin < end; y++) add_row(columns, a + y * row, b + y * row, row);
  for (size_t y = begin; y < end; y++) {
    if (y > begin) slide(columns, a + (y - 1) * row, b + (y - 1) * row, row);
    sums[y - begin] = uniform_row(columns, row - (kSide - 1) * channels, channels, c1, c2);
  }
}

// Gaussian means down eleven rows of x, y, x^2 + y^2, x y.
void gaussian_down(const float* __restrict a, const float* __restrict b, size_t width, const double* weights,
                   double* __restrict out) {
  const size_t centre = kRadius * width;
  for (size_t i = 0; i < width; i++) {
    const double x = a[centre + i], y = b[centre + i];
    double mx = weights[0] * x;
    double my = weights[0] * y;
    double mq = weights[0] * (x * x + y * y);
    double mp = weights[0] * (x * y);
    for (size_t k = 1; k <= kRadius; k++) {
      const double x0 = a[centre - k * width + i], x1 = a[centre + k * width + i];
      const double y0 = b[centre - k * width + i], y1 = b[centre + k * width + i];
      mx += weights[k] * (x0 + x1);
      my += weights[k] * (y0 + y1);
      mq += weights[k] * ((x0 * x0 + y0 * y0) + (x1 * x1 + y1 * y1));
      mp += weights[k] * (x0 * y0 + x1 * y1);
    }
    out[i] = mx;
    out[width + i] = my;
    out[2 * width + i] = mq;
    out[3 * width + i] = mp;
  }
}

double gaussian_across(const double* column, const double* weights) {
  double acc = weights[0] * column[kRadius];
  for (size_t k = 1; k <= kRadius; k++) acc += weights[k] * (column[kRadius - k] + column[kRadius + k]);
  return acc;
}

// SSIM and contrast-structure of n neighbouring windows (Wang 2003, equations 5 to 7).
void gaussian_fractions(const double* __restrict means, size_t width, size_t n, const double* weights, double c1,
                        double c2, double* __restrict whole, double* __restrict structure) {
  for (size_t i = 0; i < n; i++) {
    const double x = gaussian_across(means + i, weights);
    const double y = gaussian_across(means + width + i, weights);
    const double q = gaussian_across(means + 2 * width + i, weights);
    const double p = gaussian_across(means + 3 * width + i, weights);
    const double product = x * y;
    const double squares = x * x + y * y;
    structure[i] = (2.0 * (p - product) + c2) / ((q - squares) + c2);
    whole[i] = (2.0 * product + c1) / (squares + c1) * structure[i];
  }
}

void gaussian_ssim_f32(const float* a, const float* b, size_t width, const double* weights, double c1, double c2,
                       double* scratch, size_t begin, size_t end, double* sums) {
  const size_t windows = width - 2 * kRadius;
  for (size_t y = begin; y < end; y++) {
    gaussian_down(a + y * width, b + y * width, width, weights, scratch);
    double whole_lanes[kSums] = {}, structure_lanes[kSums] = {};
    double whole[kStrip], structure[kStrip];
    for (size_t start = 0; start < windows; start += kStrip) {
      const size_t n = windows - start < kStrip ? windows - start : kStrip;
      gaussian_fractions(scratch + start, width, n, weights, c1, c2, whole, structure);
      add_strip(whole_lanes, whole, n);
      add_strip(structure_lanes, structure, n);
    }
    sums[2 * (y - begin)] = tree(whole_lanes);
    sums[2 * (y - begin) + 1] = tree(structure_lanes);
  }
}

// One output row from the two rows above each other; `lead` is 1 where the row starts with a column of zeros.
void halve_row(const float* __restrict top, const float* __restrict bottom, size_t lead, size_t half,
               float* __restrict out) {
  if (lead) out[0] = 0.25f * (top[0] + bottom[0]);
  for (size_t x = lead; x < half; x++) {
    const size_t at = 2 * x - lead;
    out[x] = 0.25f * ((top[at] + top[at + 1]) + (bottom[at] + bottom[at + 1]));
  }
}

void halve_top_row(const float* __restrict bottom, size_t lead, size_t half, float* __restrict out) {
  if (lead) out[0] = 0.25f * bottom[0];
  for (size_t x = lead; x < half; x++) out[x] = 0.25f * (bottom[2 * x - lead] + bottom[2 * x - lead + 1]);
}

void halve_f32(const float* src, size_t height, size_t width, float* dst, size_t begin, size_t end) {
  const size_t half = (width + 1) / 2;
  const size_t lead = width % 2;
  for (size_t y = begin; y < end; y++) {
    float* out = dst + (y - begin) * half;
    const float* bottom = src + (2 * y + 1 - height % 2) * width;
    if (y == 0 && height % 2) {
      halve_top_row(bottom, lead, half, out);
    } else {
      halve_row(bottom - width, bottom, lead, half, out);
    }
  }
}

}  // namespace

VAERANS_DEFINE(metric) = {
    VAERANS_EXTRA(sse_u8),
    VAERANS_EXTRA(sse_u16),
    VAERANS_EXTRA(sse_f32),
    VAERANS_EXTRA(ssim<uint8_t, int32_t>),
    VAERANS_EXTRA(ssim<uint16_t, double>),
    VAERANS_EXTRA(gaussian_ssim_f32),
    VAERANS_EXTRA(halve_f32),
    VAERANS_EXTRA(scratch_of),
};
