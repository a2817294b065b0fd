//! Loops that are compiled twice: for every machine of an architecture, and for those with wider instructions.
#![allow(unsafe_code)] // to call what is compiled for the machine that was asked

/// What is compiled twice. Its `run` and all that it calls are to be inlined: only then they are compiled for the wider instructions.
pub(super) trait Work {
    /// What comes of it.
    type Output;
    /// Does it.
    fn run(self) -> Self::Output;
}

/// Does the work with the widest instructions that this machine has; the result is the same.
pub(super) fn with_widest<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("bmi2") {
        // SAFETY: the machine has both.
        return unsafe { with_avx2(work) };
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi2")]
unsafe fn with_avx2<W: Work>(work: W) -> W::Output {
    work.run()
}
