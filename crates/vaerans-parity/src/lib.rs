//! A corpus of pipes and what every build must make of it.
//!
//! Each case builds its own input from integers, runs a pipe forward and back, and leaves one line:
//! its name, a checksum of the symbols or bytes, and the CRC32C of what came back. Two builds agree
//! when their lines are equal.

mod cases;
mod files;
mod inputs;
mod layered;
mod learned;

use vaerans::kernels::Kernels;

/// The lines of the whole corpus, made with these kernels.
pub fn report(kernels: Kernels) -> Result<String, vaerans::Error> {
    let mut lines = cases::run(kernels)?;
    lines.extend(files::run(kernels)?);
    lines.extend(learned::run(kernels)?);
    lines.extend(layered::run(kernels)?);
    Ok(lines.join("\n") + "\n")
}

/// What a wasm host calls: runs the corpus and keeps the report.
///
/// Gives the report's length in bytes, or 0 and an error text behind [`report_ptr`].
#[cfg(target_arch = "wasm32")]
#[no_mangle]
pub extern "C" fn run_report() -> usize {
    let text = match report(Kernels::active()) {
        Ok(text) => text,
        Err(e) => format!("error: {e}\n"),
    };
    let text = Box::leak(text.into_boxed_str());
    REPORT.store(text.as_ptr() as usize, std::sync::atomic::Ordering::Relaxed);
    text.len()
}

/// Address of the last report.
#[cfg(target_arch = "wasm32")]
#[no_mangle]
pub extern "C" fn report_ptr() -> usize {
    REPORT.load(std::sync::atomic::Ordering::Relaxed)
}

/// Name of the kernels' instruction set: 1 scalar, 6 simd128, as in the kernels' table.
#[cfg(target_arch = "wasm32")]
#[no_mangle]
pub extern "C" fn isa_number() -> usize {
    Kernels::active().isa() as usize
}

#[cfg(target_arch = "wasm32")]
static REPORT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
