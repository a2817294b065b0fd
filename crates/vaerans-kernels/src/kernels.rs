//! The handle through which kernels are called.

use crate::{native, Error, Isa, Result};

/// When kernels write around the caches (non-temporal stores). It never changes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Streaming {
    /// When one call writes [`Kernels::STREAM_BYTES`] or more.
    #[default]
    Auto,
    /// Always: for the parts of a large result that is not read back soon.
    Always,
    /// Never: the next step reads the result from the cache.
    Never,
}

/// The kernels of one instruction set; a handle that is copied freely.
#[derive(Clone, Copy)]
pub struct Kernels {
    isa: Isa,
    pub(crate) native: Option<&'static native::Table>,
    streaming: Streaming,
    /// How many threads one large call may use.
    #[cfg_attr(not(feature = "openmp"), allow(dead_code))]
    pub(crate) threads: usize,
}

impl Kernels {
    /// Bytes written by one call from which [`Streaming::Auto`] writes around the caches.
    pub const STREAM_BYTES: usize = 8 << 20;

    /// The kernels that `VAERANS_ISA` names, else the fastest ones this machine runs. Looked up once per process; a value of
    /// `VAERANS_ISA` that cannot be honoured is [`Kernels::from_env`]'s error, here it means the fastest.
    pub fn active() -> Kernels {
        // A module of wasm has the kernels of one instruction set, and nothing to look up.
        #[cfg(target_family = "wasm")]
        return Kernels::fastest();
        #[cfg(not(target_family = "wasm"))]
        {
            static ACTIVE: std::sync::OnceLock<Kernels> = std::sync::OnceLock::new();
            *ACTIVE.get_or_init(|| Kernels::from_env().unwrap_or_else(|_| Kernels::fastest()))
        }
    }

    /// As [`Kernels::active`], not cached. Error `unavailable.isa`: `VAERANS_ISA` holds an unknown name or an
    /// instruction set that this build or this machine lacks.
    pub fn from_env() -> Result<Kernels> {
        // A module of wasm has no environment; asking would bring a table of texts with it.
        #[cfg(target_family = "wasm")]
        return Ok(Kernels::fastest());
        #[cfg(not(target_family = "wasm"))]
        match std::env::var_os("VAERANS_ISA") {
            Some(name) if !name.is_empty() => Kernels::from_name(&name.to_string_lossy()),
            _ => Ok(Kernels::fastest()),
        }
    }

    /// The kernels of the instruction set of that name. Error `unavailable.isa`.
    pub fn from_name(name: &str) -> Result<Kernels> {
        let found = Isa::from_name(name);
        found.and_then(Kernels::for_isa).ok_or_else(|| {
            let names: Vec<_> = Kernels::available().iter().map(|k| k.isa.name()).collect();
            let fault = if found.is_some() { "is not available in this build on this machine" } else { "is unknown" };
            let message =
                format!("instruction set `{name}` {fault}; set VAERANS_ISA to one of {} or unset it", names.join(", "));
            Error { code: "unavailable.isa", message }
        })
    }

    /// The kernels of an instruction set, if they were built and this machine runs them.
    pub fn for_isa(isa: Isa) -> Option<Kernels> {
        let native = native::table_for(isa);
        (isa == Isa::Reference || native.is_some()).then_some(Kernels {
            isa,
            native,
            streaming: Streaming::Auto,
            threads: 1,
        })
    }

    /// All kernels that this machine runs; the reference is first, the fastest last.
    pub fn available() -> Vec<Kernels> {
        Isa::ALL.into_iter().filter_map(Kernels::for_isa).collect()
    }

    fn fastest() -> Kernels {
        Isa::ALL.into_iter().rev().find_map(Kernels::for_isa).unwrap_or(Kernels::REFERENCE)
    }

    /// The scalar Rust reference.
    pub const REFERENCE: Kernels =
        Kernels { isa: Isa::Reference, native: None, streaming: Streaming::Auto, threads: 1 };

    /// The instruction set.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The same kernels, writing around the caches as told.
    pub fn with_streaming(self, streaming: Streaming) -> Kernels {
        Kernels { streaming, ..self }
    }

    /// The same kernels, splitting one large elementwise call over that many threads at most. Results do not change. Without
    /// the feature `openmp` there is one thread.
    pub fn with_threads(self, threads: usize) -> Kernels {
        Kernels { threads: threads.max(1), ..self }
    }

    /// Stands in front of a reference that the build `vaerans_small` (a wasm module of one profile) does without: it has all
    /// the kernels that its profile calls.
    #[inline(always)]
    pub(crate) fn by_reference() {
        if cfg!(vaerans_small) {
            unreachable!("a kernel that this build left out");
        }
    }

    /// Flags for a call that writes `count` elements of `T`.
    pub(crate) fn flags<T>(&self, count: usize) -> u32 {
        let stream = match self.streaming {
            Streaming::Auto => count.saturating_mul(size_of::<T>()) >= Kernels::STREAM_BYTES,
            Streaming::Always => true,
            Streaming::Never => false,
        };
        if stream {
            native::STREAM
        } else {
            0
        }
    }
}

impl core::fmt::Debug for Kernels {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Kernels({}, {:?})", self.isa, self.streaming)
    }
}
