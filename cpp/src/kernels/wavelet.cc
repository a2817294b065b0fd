#include "wavelet/forward.h"
#include "wavelet/inverse.h"

namespace vaerans_wavelet {
namespace {

template <class T>
constexpr bool kIsFloat = false;
template <>
constexpr bool kIsFloat<float> = true;

template <class T>
void forward_of(const vaerans_wavelet_job* job, const T* src, size_t src_stride, T* ll, size_t ll_stride, T* upper,
                T* lower, size_t stride, T* scratch) {
  auto run = job->filter == VAERANS_HAAR ? forward<Haar<T>, T> : forward<Cdf53<T>, T>;
  if constexpr (kIsFloat<T>) run = job->filter == VAERANS_CDF97 ? forward<Cdf97, T> : run;
  run(job, src, src_stride, ll, ll_stride, upper, lower, stride, scratch);
}

template <class T>
void inverse_of(const vaerans_wavelet_job* job, const T* ll, size_t ll_stride, const T* upper, const T* lower,
                size_t stride, T* dst, size_t dst_stride, T* scratch) {
  auto run = job->filter == VAERANS_HAAR ? inverse<Haar<T>, T> : inverse<Cdf53<T>, T>;
  if constexpr (kIsFloat<T>) run = job->filter == VAERANS_CDF97 ? inverse<Cdf97, T> : run;
  run(job, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch);
}

}  // namespace
}  // namespace vaerans_wavelet

VAERANS_DEFINE(wavelet) = {
    vaerans_wavelet::forward_of<float>,   vaerans_wavelet::inverse_of<float>,
    vaerans_wavelet::forward_of<int32_t>, vaerans_wavelet::inverse_of<int32_t>,
    vaerans_wavelet::forward_of<int16_t>, vaerans_wavelet::inverse_of<int16_t>,
};
