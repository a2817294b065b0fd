//! rANS against htscodecs' 32-way rANS with AVX2, one thread, whole streams: counting, table, words, everything.
//!
//! Passes of both alternate, processor time of the thread is taken, and what is reported is the median of the ratios of neighbours. Needs the streams of
//! `tools/make_streams.py` in `$VAERANS_STREAMS` (default `target/streams` of the repository) and, for the ratios, the library
//! htscodecs (Debian: `libhtscodecs2`); what is missing is said and left out. `VAERANS_ISA` chooses our level; `--json FILE`
//! writes the table as JSON.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

use std::path::PathBuf;
use vaerans::codec::entropy::rans::{decode_u8_into, encode_u8, Count};
use vaerans::codec::entropy::Setting;
use vaerans::kernels::{Isa, Kernels};
use vaerans::wire::Reader;

const PASSES: usize = 15;

/// `rans_compress_to_4x16`, `rans_uncompress_to_4x16` and `rans_set_cpu` of htscodecs.
#[cfg(unix)]
mod hts {
    use std::ffi::{c_char, c_int, c_uint, c_void};

    extern "C" {
        fn dlopen(name: *const c_char, flags: c_int) -> *mut c_void;
        fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    }

    type Encode = unsafe extern "C" fn(*const u8, c_uint, *mut u8, *mut c_uint, c_int) -> *mut u8;
    type Decode = unsafe extern "C" fn(*const u8, c_uint, *mut u8, *mut c_uint) -> *mut u8;

    pub struct Hts {
        encode: Encode,
        decode: Decode,
    }

    /// AVX2 encoder and decoder (rANS_static4x16.h: RANS_CPU_ENC_AVX2, RANS_CPU_DEC_AVX2).
    const AVX2: c_int = 2 | 2 << 8;
    /// Order 0, 32 states.
    const X32: c_int = 4;

    impl Hts {
        pub fn load() -> Option<Hts> {
            // SAFETY: names are C strings; the functions have these types in rANS_static4x16.h since htscodecs 1.3.
            unsafe {
                let library = [c"libhtscodecs.so.2", c"libhtscodecs.so", c"libhtscodecs.dylib"]
                    .iter()
                    .map(|name| dlopen(name.as_ptr(), 2))
                    .find(|library| !library.is_null())?;
                let find = |name: &std::ffi::CStr| Some(dlsym(library, name.as_ptr())).filter(|f| !f.is_null());
                let set_cpu: unsafe extern "C" fn(c_int) = std::mem::transmute(find(c"rans_set_cpu")?);
                set_cpu(AVX2);
                Some(Hts {
                    encode: std::mem::transmute::<*mut c_void, Encode>(find(c"rans_compress_to_4x16")?),
                    decode: std::mem::transmute::<*mut c_void, Decode>(find(c"rans_uncompress_to_4x16")?),
                })
            }
        }

        pub fn encode(&self, symbols: &[u8], out: &mut Vec<u8>) {
            out.resize(symbols.len() + symbols.len() / 16 + (1 << 20), 0);
            let mut size = out.len() as c_uint;
            // SAFETY: `size` is the room in `out`, more than its bound for these symbols.
            let done =
                unsafe { (self.encode)(symbols.as_ptr(), symbols.len() as c_uint, out.as_mut_ptr(), &mut size, X32) };
            assert!(!done.is_null());
            out.truncate(size as usize);
        }

        pub fn decode(&self, bytes: &[u8], out: &mut [u8]) {
            let mut size = out.len() as c_uint;
            // SAFETY: lengths are of the slices; the bytes are of its own encoder.
            let done = unsafe { (self.decode)(bytes.as_ptr(), bytes.len() as c_uint, out.as_mut_ptr(), &mut size) };
            assert!(!done.is_null() && size as usize == out.len());
        }
    }
}

#[cfg(not(unix))]
mod hts {
    pub struct Hts;
    impl Hts {
        pub fn load() -> Option<Hts> {
            None
        }
        pub fn encode(&self, _: &[u8], _: &mut Vec<u8>) {}
        pub fn decode(&self, _: &[u8], _: &mut [u8]) {}
    }
}

/// Processor time of this thread, in seconds: other programs on the machine matter less.
#[cfg(target_os = "linux")]
fn now() -> f64 {
    #[repr(C)]
    struct Timespec {
        seconds: std::ffi::c_long,
        nanoseconds: std::ffi::c_long,
    }
    extern "C" {
        fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
    }
    const THREAD_CPUTIME_ID: i32 = 3;
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    // SAFETY: `time` is a timespec of a 64-bit Linux.
    unsafe { clock_gettime(THREAD_CPUTIME_ID, &mut time) };
    time.seconds as f64 + time.nanoseconds as f64 * 1e-9
}

#[cfg(not(target_os = "linux"))]
fn now() -> f64 {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed().as_secs_f64()
}

fn seconds(f: impl FnOnce()) -> f64 {
    let start = now();
    f();
    now() - start
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn entropy_bytes(symbols: &[u8]) -> f64 {
    let mut counts = [0; 256];
    Kernels::active().histogram(symbols, &mut counts);
    let n = symbols.len() as f64;
    counts.iter().filter(|&&c| c > 0).map(|&c| f64::from(c) * (n / f64::from(c)).log2() / 8.0).sum()
}

struct Row {
    stream: String,
    isa: Isa,
    setting: Setting,
    over_percent: f64,
    encode: f64,
    decode: f64,
    /// Against the peer; none where it is not installed.
    encode_ratio: Option<f64>,
    decode_ratio: Option<f64>,
}

/// Alternating passes of ours and the peer's; speeds are our best in MB/s, ratios medians.
fn measure(kernels: &Kernels, setting: Setting, stream: &str, symbols: &[u8], peer: Option<&hts::Hts>) -> Row {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut back, mut back_theirs) = (vec![0; symbols.len()], vec![0; symbols.len()]);
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..=PASSES {
        ours.clear();
        times[0].push(seconds(|| encode_u8(kernels, symbols, setting, Count::Stored, &mut ours).unwrap()));
        times[1].push(peer.map_or(0.0, |p| seconds(|| p.encode(symbols, &mut theirs))));
        times[2].push(seconds(|| decode_u8_into(kernels, &mut Reader::new(&ours, "bench"), &mut back).unwrap()));
        times[3].push(peer.map_or(0.0, |p| seconds(|| p.decode(&theirs, &mut back_theirs))));
    }
    assert!(back == symbols, "{stream} did not come back");
    let speed = |k: usize| symbols.len() as f64 / times[k].iter().copied().fold(f64::MAX, f64::min) / 1e6;
    let ratio = |k: usize| peer.map(|_| median((1..=PASSES).map(|p| times[k + 1][p] / times[k][p]).collect()));
    Row {
        stream: stream.to_string(),
        isa: kernels.isa(),
        setting,
        over_percent: 100.0 * (ours.len() as f64 / entropy_bytes(symbols) - 1.0),
        encode: speed(0),
        decode: speed(2),
        encode_ratio: ratio(0),
        decode_ratio: ratio(2),
    }
}

/// One latent's worth of symbols: how far over the entropy without the table, and how large the table is.
fn latent(kernels: &Kernels, stream: &str, symbols: &[u8]) -> String {
    let piece = &symbols[symbols.len() / 3..][..24_576];
    let mut bytes = Vec::new();
    let encode = seconds(|| encode_u8(kernels, piece, Setting::Fast, Count::Stored, &mut bytes).unwrap());
    let mut back = vec![0; piece.len()];
    let decode = seconds(|| decode_u8_into(kernels, &mut Reader::new(&bytes, "bench"), &mut back).unwrap());
    assert!(back == piece);
    let mut reader = Reader::new(&bytes[1..], "bench");
    let table = reader.varint().and_then(|_| reader.varint()).unwrap();
    let over = 100.0 * ((bytes.len() as f64 - table as f64) / entropy_bytes(piece) - 1.0);
    println!(
        "{stream:6} 24,576 symbols: {over:.3}% over without the table of {table} bytes; {:.0} us, {:.0} us back",
        encode * 1e6,
        decode * 1e6
    );
    format!("{{\"stream\": \"{stream}\", \"symbols\": 24576, \"over_percent\": {over:.4}, \"table_bytes\": {table}}}")
}

fn streams() -> Vec<(String, Vec<u8>)> {
    let default = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/streams"));
    let folder = std::env::var_os("VAERANS_STREAMS").map_or(default, PathBuf::from);
    let read = |name: &str| Some((name.to_string(), std::fs::read(folder.join(format!("{name}.bin"))).ok()?));
    let found: Vec<_> = ["W2", "W8", "W24"].into_iter().filter_map(read).collect();
    if found.is_empty() {
        println!("skipped: no streams in {}; python tools/make_streams.py makes them", folder.display());
    }
    found
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let peer = hts::Hts::load();
    if peer.is_none() {
        println!("no ratios: the library htscodecs is not installed (Debian: libhtscodecs2)");
    }
    let levels = match std::env::var_os("VAERANS_ISA") {
        Some(_) => vec![Kernels::active()],
        None => Kernels::available().into_iter().filter(|k| k.isa() as i32 >= Isa::Avx2 as i32).collect(),
    };
    println!("stream isa     setting  over    encode  x hts   decode  x hts");
    let mut json = Vec::new();
    for (stream, symbols) in streams() {
        for (kernels, setting) in levels.iter().flat_map(|k| [(k, Setting::Fast), (k, Setting::Precise)]) {
            let r = measure(kernels, setting, &stream, &symbols, peer.as_ref());
            let column = |ratio: Option<f64>| ratio.map_or("-".to_string(), |r| format!("{r:.2}"));
            println!(
                "{:6} {:7} {:8} {:.3}%  {:6.0}  {:>5}   {:6.0}  {:>5}",
                r.stream,
                r.isa.name(),
                format!("{:?}", r.setting).to_lowercase(),
                r.over_percent,
                r.encode,
                column(r.encode_ratio),
                r.decode,
                column(r.decode_ratio)
            );
            let json_of = |ratio: Option<f64>| ratio.map_or("null".to_string(), |r| format!("{r:.3}"));
            json.push(format!(
                "{{\"stream\": \"{}\", \"isa\": \"{}\", \"setting\": \"{:?}\", \"over_percent\": {:.4}, \"encode_mb_s\": {:.0}, \
                 \"decode_mb_s\": {:.0}, \"encode_ratio\": {}, \"decode_ratio\": {}}}",
                r.stream, r.isa, r.setting, r.over_percent, r.encode, r.decode, json_of(r.encode_ratio), json_of(r.decode_ratio)
            ));
        }
    }
    for (stream, symbols) in streams() {
        json.push(latent(&Kernels::active(), &stream, &symbols));
    }
    if let Some(at) = args.iter().position(|a| a == "--json") {
        let path = args.get(at + 1).expect("--json FILE");
        std::fs::write(path, format!("[\n  {}\n]\n", json.join(",\n  "))).expect("the JSON file");
    }
}
