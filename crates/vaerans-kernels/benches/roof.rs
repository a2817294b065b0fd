//! Memory-bound kernels against our own non-temporal copy moving as many bytes (read + written), on one thread.
//!
//! Each kernel's passes alternate with passes of the copy; what is reported is the median of the ratios of neighbours, in
//! the thread's CPU time: on a shared machine absolute numbers wander, such ratios hardly do. `VAERANS_ISA` chooses
//! the level, `VAERANS_BENCH_MIB` the size of the larger side (64, the default, is the least for figures that are quoted; 0.1
//! shows what a kernel does in cache), an argument filters by name; `--json FILE` writes the table as JSON.

use cpu_time::ThreadTime;
use std::hint::black_box;
use vaerans_kernels::{Kernels, Streaming};

const PASSES: usize = 15;

struct Row {
    name: &'static str,
    gb_per_s: f64,
    copy_gb_per_s: f64,
    ratio: f64,
}

struct Bench {
    filter: Option<String>,
    copy_src: Vec<u8>,
    copy_dst: Vec<u8>,
    kernels: Kernels,
    streaming: Streaming,
    rows: Vec<Row>,
}

fn seconds(repeats: usize, mut f: impl FnMut()) -> f64 {
    let start = ThreadTime::now();
    (0..repeats).for_each(|_| f());
    start.elapsed().as_secs_f64() / repeats as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

impl Bench {
    /// Times `f`, which moves `bytes`, and a copy that reads and writes half of that each.
    fn run(&mut self, name: &'static str, bytes: usize, mut f: impl FnMut(&Kernels)) {
        if self.filter.as_ref().is_some_and(|filter| !name.contains(filter)) {
            return;
        }
        let half = bytes / 2;
        if self.copy_src.len() < half {
            self.copy_src.resize(half, 1);
            self.copy_dst.resize(half, 2);
        }
        let repeats = (32_000_000 / bytes).max(1); // long enough for the clock
        let (mut times, mut copies) = (Vec::new(), Vec::new());
        for pass in 0..=PASSES {
            let kernels = self.kernels.with_streaming(self.streaming);
            let time = seconds(repeats, || f(black_box(&kernels)));
            let (src, dst) = (&self.copy_src[..half], &mut self.copy_dst[..half]);
            let copy = seconds(repeats, || kernels.copy(black_box(src), black_box(dst)));
            if pass > 0 {
                times.push(time);
                copies.push(copy);
            }
        }
        let ratio = median(times.iter().zip(&copies).map(|(t, c)| c / t).collect());
        let speed = |times| bytes as f64 / median(times) / 1e9;
        let row = Row { name, gb_per_s: speed(times), copy_gb_per_s: speed(copies), ratio };
        println!("{:28} {:8.2} {:8.2} {:7.3}", row.name, row.gb_per_s, row.copy_gb_per_s, row.ratio);
        self.rows.push(row);
    }

    fn json(&self) -> String {
        let row = |r: &Row| {
            format!(
                "{{\"name\": \"{}\", \"gb_per_s\": {:.3}, \"copy_gb_per_s\": {:.3}, \"ratio\": {:.4}}}",
                r.name, r.gb_per_s, r.copy_gb_per_s, r.ratio
            )
        };
        let rows: Vec<_> = self.rows.iter().map(row).collect();
        format!("{{\"isa\": \"{}\", \"rows\": [\n  {}\n]}}\n", self.kernels.isa(), rows.join(",\n  "))
    }
}

fn hadamard(b: &mut Bench, bytes: usize) {
    for (name, channels) in [("hadamard 2", 2), ("hadamard 4", 4), ("hadamard 8", 8), ("hadamard 16", 16)] {
        let n = bytes / 4 / channels / 16 * 16;
        let (src, mut dst) = (floats(n * channels), floats(n * channels));
        b.run(name, 8 * n * channels, |k| {
            let src: Vec<_> = src.chunks(n).collect();
            k.hadamard_forward(&src, &mut dst.chunks_mut(n).collect::<Vec<_>>());
        });
    }
    let n = bytes / 4 / 4;
    let mut data = floats(n * 4);
    b.run("hadamard 4 in place", 8 * n * 4, |k| k.hadamard_in_place(&mut data.chunks_mut(n).collect::<Vec<_>>()));
}

fn color(b: &mut Bench, bytes: usize) {
    let n = bytes / 3 / 64 * 64; // u8 RGB pixels
    let mut pixels: Vec<u8> = (0..3 * n).map(|i| (i * 7 / 5) as u8).collect();
    let mut shorts = vec![0i16; 3 * n];
    b.run("ycocg_r u8 -> i16", 9 * n, |k| k.ycocg_r_forward(&pixels, &mut shorts.chunks_mut(n).collect::<Vec<_>>()));
    b.run("ycocg_r i16 -> u8", 9 * n, |k| k.ycocg_r_inverse(&shorts.chunks(n).collect::<Vec<_>>(), &mut pixels));
    drop(shorts);
    let mut words = vec![0i32; 3 * n];
    b.run("ycocg_r u8 -> i32", 15 * n, |k| k.ycocg_r_forward(&pixels, &mut words.chunks_mut(n).collect::<Vec<_>>()));
    b.run("ycocg_r i32 -> u8", 15 * n, |k| k.ycocg_r_inverse(&words.chunks(n).collect::<Vec<_>>(), &mut pixels));
    let mut wide = vec![0u16; 3 * n];
    b.run("ycocg_r u16 -> i32", 18 * n, |k| k.ycocg_r_forward(&wide, &mut words.chunks_mut(n).collect::<Vec<_>>()));
    b.run("ycocg_r i32 -> u16", 18 * n, |k| k.ycocg_r_inverse(&words.chunks(n).collect::<Vec<_>>(), &mut wide));
    drop((words, wide));
    let mut planes = floats(3 * n);
    b.run("ycocg u8 -> f32", 15 * n, |k| k.ycocg_forward(&pixels, &mut planes.chunks_mut(n).collect::<Vec<_>>()));
    b.run("ycocg f32 -> u8", 15 * n, |k| k.ycocg_inverse(&planes.chunks(n).collect::<Vec<_>>(), &mut pixels));
    b.run("planes u8 -> f32", 15 * n, |k| {
        k.planes_from(&pixels, &mut planes.chunks_mut(n).collect::<Vec<_>>(), 1.0 / 255.0, 0.0)
    });
    b.run("planes f32 -> u8", 15 * n, |k| k.planes_to(&planes.chunks(n).collect::<Vec<_>>(), &mut pixels, 255.0, 0.0));
}

fn quantize(b: &mut Bench, bytes: usize) {
    let n = bytes / 4;
    let mut x = floats(n);
    let mut q8 = vec![0u8; n];
    b.run("quantize u8", 5 * n, |k| k.quantize(&x, &mut q8, 0.1, -3.0));
    b.run("dequantize u8", 5 * n, |k| k.dequantize(&q8, &mut x, 0.1, -3.0));
    let mut q16 = vec![0u16; n];
    b.run("quantize u16", 6 * n, |k| k.quantize(&x, &mut q16, 0.1, -3.0));
    b.run("dequantize u16", 6 * n, |k| k.dequantize(&q16, &mut x, 0.1, -3.0));
    let mut s16 = vec![0i16; n];
    b.run("dead zone i16", 6 * n, |k| k.dead_zone(&x, &mut s16, 0.1, 0.3));
    b.run("dead zone inverse i16", 6 * n, |k| k.dead_zone_inverse(&s16, &mut x, 0.1, 0.2));
    let mut s32 = vec![0i32; n];
    b.run("quantize i32", 8 * n, |k| k.quantize(&x, &mut s32, 0.1, -3.0));
    b.run("dequantize i32", 8 * n, |k| k.dequantize(&s32, &mut x, 0.1, -3.0));
    b.run("dead zone i32", 8 * n, |k| k.dead_zone(&x, &mut s32, 0.1, 0.3));
    b.run("dead zone inverse i32", 8 * n, |k| k.dead_zone_inverse(&s32, &mut x, 0.1, 0.2));
    b.run("range (read only)", 4 * n, |k| {
        black_box(k.range(&x));
    });
}

fn bytes_kernels(b: &mut Bench, n: usize) {
    let (mut a, base) = (vec![7u8; n], vec![9u8; n]);
    let mut r = vec![0i16; n];
    b.run("residual u8", 4 * n, |k| k.residual_forward(&a, &base, &mut r, 0));
    b.run("residual u8, bound 3", 4 * n, |k| k.residual_forward(&a, &base, &mut r, 3));
    b.run("residual inverse u8", 4 * n, |k| k.residual_inverse(&r, &base, &mut a, 3));
}

fn floats(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 37) % 1021) as f32 * 0.05 - 25.0).collect()
}

fn main() {
    let kernels = Kernels::from_env().unwrap_or_else(|e| panic!("{e}"));
    let mib = std::env::var("VAERANS_BENCH_MIB").ok().and_then(|v| v.parse().ok()).unwrap_or(64f64);
    let args: Vec<String> = std::env::args().skip(1).collect();
    let json = args.iter().position(|a| a == "--json").and_then(|i| args.get(i + 1));
    let filter = args.iter().find(|a| !a.starts_with("--") && Some(*a) != json).cloned();
    // Around the caches whatever the narrow side of a kernel is, if the wide one is large.
    let streaming = if mib >= 8.0 { Streaming::Always } else { Streaming::Never };
    let mut bench = Bench { filter, streaming, copy_src: Vec::new(), copy_dst: Vec::new(), kernels, rows: Vec::new() };
    println!("{} ({mib} MiB, {PASSES} passes)", kernels.isa());
    println!("{:28} {:>8} {:>8} {:>7}", "kernel", "GB/s", "copy", "ratio");
    for group in [hadamard, color, quantize, bytes_kernels] {
        group(&mut bench, (mib * 1048576.0) as usize / 192 * 192);
    }
    if let Some(path) = json {
        std::fs::write(path, bench.json()).unwrap_or_else(|e| panic!("{path}: {e}"));
    }
}
