//! What the C library does with memory that was let go.

/// Half of what glibc is to keep. Blocks up to this size come from what it keeps, and are cleared where zeros are asked for: a larger one would have
/// a file that claims to be large cost more.
#[cfg(target_env = "gnu")]
const BLOCK: usize = (16 << 20) - (64 << 10);

/// Has glibc keep up to 32 MiB that were let go for the next call, which then touches no new pages: a small photo takes 20 MB, and the system needs
/// as long to hand them out as `effort=1` to encode it. glibc keeps twice the largest block that it has given back to the system so far; this gives
/// one back that nobody has touched. Other C libraries have rules of their own, and `MALLOC_TRIM_THRESHOLD_` goes before.
pub fn keep() {
    #[cfg(target_env = "gnu")]
    drop(std::hint::black_box(Vec::<u8>::with_capacity(BLOCK)));
}
