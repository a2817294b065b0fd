//! One case a kernel: buffers of its own, and a closure that runs it on them.

use vaerans_kernels::{blur_weights, rans_interval, BlurShape, Kernels, SsimConstants, RANS_PAD};
use vaerans_kernels::{Bands, BandsMut, Filter, Plane, WaveletLevel, WaveletSample, WaveletScratch};

/// Side of the picture; its pixels.
const SIDE: usize = 256;
const N: usize = SIDE * SIDE;

pub struct Case {
    pub name: &'static str,
    pub run: Box<dyn FnMut()>,
}

fn case(name: &'static str, run: impl FnMut() + 'static) -> Case {
    Case { name, run: Box::new(run) }
}

fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i * 7 / 5 ^ i >> 3) as u8).collect()
}

fn floats(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 37) % 1021) as f32 * 0.05 - 25.0).collect()
}

pub fn all() -> Vec<Case> {
    let k = Kernels::active();
    [transforms(k), wavelets(k), quantisers(k), pictures(k), symbols(k), rans(k)].into_iter().flatten().collect()
}

fn transforms(k: Kernels) -> Vec<Case> {
    let (source, mut target) = (floats(N), floats(N));
    let (rgb, mut planes) = (bytes(3 * N), vec![0i32; 3 * N]);
    let (back, mut out) = (vec![9i32; 3 * N], bytes(3 * N));
    let (rgb_f, mut planes_f) = (bytes(3 * N), floats(3 * N));
    let (back_f, mut out_f) = (floats(3 * N), bytes(3 * N));
    vec![
        case("Hadamard 4", move || {
            let from: Vec<_> = source.chunks(N / 4).collect();
            k.hadamard_forward(&from, &mut target.chunks_mut(N / 4).collect::<Vec<_>>());
        }),
        case("YCoCg-R, u8 to i32", move || k.ycocg_r_forward(&rgb, &mut planes.chunks_mut(N).collect::<Vec<_>>())),
        case("YCoCg-R inverse, i32 to u8", move || k.ycocg_r_inverse(&back.chunks(N).collect::<Vec<_>>(), &mut out)),
        case("YCoCg, u8 to f32", move || k.ycocg_forward(&rgb_f, &mut planes_f.chunks_mut(N).collect::<Vec<_>>())),
        case("YCoCg inverse, f32 to u8", move || k.ycocg_inverse(&back_f.chunks(N).collect::<Vec<_>>(), &mut out_f)),
    ]
}

fn forward<T: WaveletSample + From<u8>>(k: Kernels, name: &'static str, filter: Filter) -> Case {
    let level = WaveletLevel { filter, height: SIDE, width: SIDE };
    let source: Vec<T> = bytes(N).into_iter().map(T::from).collect();
    let mut target = source.clone();
    let mut scratch = WaveletScratch::new();
    case(name, move || {
        let (upper, lower) = target.split_at_mut(N / 2);
        let bands = BandsMut { ll: None, upper, lower, stride: SIDE };
        k.wavelet_forward(&level, 0..SIDE / 2, Plane { data: &source, stride: SIDE }, bands, &mut scratch);
    })
}

fn inverse<T: WaveletSample + From<u8>>(k: Kernels, name: &'static str, filter: Filter) -> Case {
    let level = WaveletLevel { filter, height: SIDE, width: SIDE };
    let source: Vec<T> = bytes(N).into_iter().map(T::from).collect();
    let mut target = source.clone();
    let mut scratch = WaveletScratch::new();
    case(name, move || {
        let (upper, lower) = source.split_at(N / 2);
        let bands = Bands { ll: Plane { data: upper, stride: SIDE }, upper, lower, stride: SIDE };
        k.wavelet_inverse(&level, 0..SIDE / 2, bands, &mut target, SIDE, &mut scratch);
    })
}

fn wavelets(k: Kernels) -> Vec<Case> {
    vec![
        forward::<i32>(k, "CDF 5/3, i32", Filter::Cdf53),
        inverse::<i32>(k, "CDF 5/3 inverse, i32", Filter::Cdf53),
        forward::<f32>(k, "CDF 5/3, f32", Filter::Cdf53),
        inverse::<f32>(k, "CDF 5/3 inverse, f32", Filter::Cdf53),
        forward::<f32>(k, "CDF 9/7, f32", Filter::Cdf97),
        inverse::<f32>(k, "CDF 9/7 inverse, f32", Filter::Cdf97),
        forward::<f32>(k, "Haar, f32", Filter::Haar),
        inverse::<f32>(k, "Haar inverse, f32", Filter::Haar),
    ]
}

fn quantisers(k: Kernels) -> Vec<Case> {
    let (x, mut q) = (floats(N), bytes(N));
    let (p, mut y) = (bytes(N), floats(N));
    let (v, mut zone) = (floats(N), vec![0i32; N]);
    let (w, mut back) = ((0..N).map(|i| (i * 7 % 41) as i32 - 20).collect::<Vec<i32>>(), floats(N));
    vec![
        case("quantise, f32 to u8", move || k.quantize(&x, &mut q, 0.25, -25.0)),
        case("dequantise, u8 to f32", move || k.dequantize(&p, &mut y, 0.25, -25.0)),
        case("dead zone, f32 to i32", move || k.dead_zone(&v, &mut zone, 0.5, 0.34)),
        case("dead zone inverse, i32 to f32", move || k.dead_zone_inverse(&w, &mut back, 0.5, 0.03)),
    ]
}

fn pictures(k: Kernels) -> Vec<Case> {
    let (a, mut blurred) = (bytes(3 * N), bytes(3 * N));
    let weights = blur_weights(1.5);
    let shape = BlurShape { height: SIDE, row: 3 * SIDE, channels: 3 };
    let (left, right, mut difference) = (bytes(3 * N), vec![99u8; 3 * N], vec![0i16; 3 * N]);
    let (delta, base, mut sum) = (vec![3i16; 3 * N], bytes(3 * N), bytes(3 * N));
    let (c, d) = (bytes(3 * N), vec![101u8; 3 * N]);
    let (e, f) = (bytes(3 * N), vec![103u8; 3 * N]);
    let (g, h) = (floats(N), vec![1f32; N]);
    vec![
        case("Gaussian blur, u8", move || k.blur(shape, &weights, &a, &mut blurred, 0..SIDE)),
        case("residual, u8", move || k.residual_forward(&left, &right, &mut difference, 0)),
        case("residual inverse, u8", move || k.residual_inverse(&delta, &base, &mut sum, 0)),
        case("squared error, u8", move || {
            std::hint::black_box(k.squared_error(&c, &d));
        }),
        case("SSIM, u8", move || drop(k.ssim_rows(&e, &f, 3 * SIDE, 3, SsimConstants::of(255.0), 0..SIDE - 6))),
        case("Gaussian SSIM, f32", move || {
            drop(k.gaussian_ssim_rows(&g, &h, SIDE, SsimConstants::of(255.0), 0..SIDE - 10))
        }),
    ]
}

fn symbols(k: Kernels) -> Vec<Case> {
    let (x, mut counts) = (bytes(N), [0u32; 256]);
    let (values, mut tokens) = ((0..N).map(|i| (i * 7 % 41) as i32 - 20).collect::<Vec<i32>>(), bytes(N));
    let (coded, mut plain) = (bytes(N), vec![0i32; N]);
    vec![
        case("histogram, u8", move || k.histogram(&x, &mut counts)),
        case("zigzag, i32 to u8", move || k.zigzag(&values, 255, &mut tokens)),
        case("zigzag inverse, u8 to i32", move || k.unzigzag(&coded, &mut plain)),
    ]
}

/// Two-sided geometric frequencies of sum 2^`bits`, about 2 bits of entropy, as a band of coefficients has them.
fn frequencies(bits: u32) -> [u32; 256] {
    let mut found = [0; 256];
    for (distance, weight) in [0.36, 0.16, 0.08, 0.04, 0.02, 0.01, 0.005].into_iter().enumerate() {
        let share = (weight * f64::from(1u32 << bits)) as u32;
        found[128 + distance] = share;
        found[128 - distance] = share;
    }
    let rest = (1 << bits) - found.iter().sum::<u32>();
    found[128] += rest;
    found
}

fn rans(k: Kernels) -> Vec<Case> {
    [12, 14].into_iter().flat_map(|bits| rans_of(k, bits)).collect()
}

fn rans_of(k: Kernels, bits: u32) -> Vec<Case> {
    const LANES: usize = 32;
    let frequencies = frequencies(bits);
    let (mut encoder, mut intervals) = ([0u64; 256], [0u32; 256]);
    let mut slots = Box::new([0u32; 4096]);
    let mut slot_symbols = Box::new([0u8; 16384 + RANS_PAD]);
    let mut deck = Vec::new();
    let mut start = 0;
    for (s, &f) in frequencies.iter().enumerate() {
        encoder[s] = rans_interval(start, f);
        intervals[s] = start << 16 | f;
        for i in 0..f {
            let at = (start + i) as usize;
            slot_symbols[at] = s as u8;
            if bits == 12 {
                slots[at] = f << 20 | i << 8 | s as u32;
            }
            deck.push(s as u8);
        }
        start += f;
    }
    let plain: Vec<u8> = (0..N)
        .scan(1u32, |seed, _| {
            *seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            Some(deck[(*seed >> 8) as usize % deck.len()])
        })
        .collect();
    let low = vaerans_kernels::reference::rans::LOW;
    let mut words = vec![0u8; 2 * (N + 2 * LANES)];
    let mut states = [low; LANES];
    let used = k.rans_encode(&encoder, bits, &mut states, &plain, &mut words).expect("room for the words");
    let coded = words[words.len() - 2 * used..].to_vec();
    let mut out = vec![0u8; N];
    let decode = move || {
        let mut states = states;
        let read = match bits {
            12 => k.rans_decode12(&slots, &mut states, &coded, &mut out),
            _ => k.rans_decode14(&slot_symbols, &intervals, &mut states, &coded, &mut out),
        };
        assert_eq!(read, Some(coded.len() / 2), "what was coded is decoded");
    };
    let encode = move || {
        k.rans_encode(&encoder, bits, &mut [low; LANES], &plain, &mut words).expect("room for the words");
    };
    let names = if bits == 12 {
        ["rANS encode, 12 bits", "rANS decode, 12 bits"]
    } else {
        ["rANS encode, 14 bits", "rANS decode, 14 bits"]
    };
    vec![case(names[0], encode), case(names[1], decode)]
}
