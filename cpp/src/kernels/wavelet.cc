#include "wavelet/forward.h"
#include "wavelet/inverse.h"

namespace vaerans_wavelet {
namespace {

// Filters of a type that this build has: bit 1 << filter.
constexpr bool kExtra = !(VAERANS_LEAVE_OUT & 4);
template <class T>
constexpr uint32_t kFilters = kExtra ? (1u << VAERANS_CDF53 | 1u << VAERANS_HAAR) : 0;
template <>
constexpr uint32_t kFilters<float> = 1u << VAERANS_CDF97 | (kExtra ? 1u << VAERANS_CDF53 | 1u << VAERANS_HAAR : 0);
template <>
constexpr uint32_t kFilters<int32_t> = 1u << VAERANS_CDF53 | (kExtra ? 1u << VAERANS_HAAR : 0);

template <class T>
void forward_of(const vaerans_wavelet_job* job, const T* src, size_t src_stride, T* ll, size_t ll_stride, T* upper,
                T* lower, size_t stride, T* scratch) {
  constexpr uint32_t has = kFilters<T>;
  const uint32_t filter = 1u << job->filter;
  if constexpr (has & 1u << VAERANS_CDF97)
    if (filter == 1u << VAERANS_CDF97)
      return forward<Cdf97, T>(job, src, src_stride, ll, ll_stride, upper, lower, stride, scratch);
  if constexpr (has & 1u << VAERANS_HAAR)
    if (filter == 1u << VAERANS_HAAR)
      return forward<Haar<T>, T>(job, src, src_stride, ll, ll_stride, upper, lower, stride, scratch);
  if constexpr (has & 1u << VAERANS_CDF53)
    forward<Cdf53<T>, T>(job, src, src_stride, ll, ll_stride, upper, lower, stride, scratch);
}

template <class T>
void inverse_of(const vaerans_wavelet_job* job, const T* ll, size_t ll_stride, const T* upper, const T* lower,
                size_t stride, T* dst, size_t dst_stride, T* scratch) {
  constexpr uint32_t has = kFilters<T>;
  const uint32_t filter = 1u << job->filter;
  if constexpr (has & 1u << VAERANS_CDF97)
    if (filter == 1u << VAERANS_CDF97)
      return inverse<Cdf97, T>(job, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch);
  if constexpr (has & 1u << VAERANS_HAAR)
    if (filter == 1u << VAERANS_HAAR)
      return inverse<Haar<T>, T>(job, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch);
  if constexpr (has & 1u << VAERANS_CDF53)
    inverse<Cdf53<T>, T>(job, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch);
}

}  // namespace
}  // namespace vaerans_wavelet

VAERANS_DEFINE(wavelet) = {
    VAERANS_ENCODER(vaerans_wavelet::forward_of<float>),   VAERANS_DECODER(vaerans_wavelet::inverse_of<float>),
    VAERANS_ENCODER(vaerans_wavelet::forward_of<int32_t>), VAERANS_DECODER(vaerans_wavelet::inverse_of<int32_t>),
    VAERANS_EXTRA(vaerans_wavelet::forward_of<int16_t>),   VAERANS_EXTRA(vaerans_wavelet::inverse_of<int16_t>),
    vaerans_wavelet::kFilters<float>, vaerans_wavelet::kFilters<int32_t>, vaerans_wavelet::kFilters<int16_t>,
};
