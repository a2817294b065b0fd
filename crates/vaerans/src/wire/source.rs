//! Where bytes come from and go to: memory, or whatever the caller reads and writes by ranges.

use crate::error::{Error, Result};
use std::borrow::Cow;
use std::sync::Arc;

/// Bytes that can be read by ranges: a slice, a file, a server that answers range requests.
pub trait Source: Sync {
    /// Bytes that there are.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `n` bytes from `at` on. Callers stay inside of [`Source::len`].
    ///
    /// # Errors
    /// `unavailable.file`, `stream.network`: whatever keeps the source from giving them.
    fn read(&self, at: u64, n: usize) -> Result<Cow<'_, [u8]>>;
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read(&self, at: u64, n: usize) -> Result<Cow<'_, [u8]>> {
        let range = usize::try_from(at).ok().and_then(|at| self.get(at..at.checked_add(n)?));
        range
            .map(Cow::Borrowed)
            .ok_or_else(|| Error::new("stream.truncated", format!("{n} bytes at {at} are not there")))
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read(&self, at: u64, n: usize) -> Result<Cow<'_, [u8]>> {
        Source::read(self.as_slice(), at, n)
    }
}

/// A slice as a source.
#[derive(Debug, Clone, Copy)]
pub struct Slice<'a>(pub &'a [u8]);

impl Source for Slice<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, at: u64, n: usize) -> Result<Cow<'_, [u8]>> {
        Source::read(self.0, at, n)
    }
}

/// A source that somebody else keeps, or one that is shared.
#[derive(Clone)]
pub enum AnySource<'a> {
    /// Somebody else keeps it.
    Borrowed(&'a dyn Source),
    /// It lives as long as this.
    Shared(Arc<dyn Source + Send>),
}

impl AnySource<'_> {
    /// The source.
    pub fn get(&self) -> &dyn Source {
        match self {
            AnySource::Borrowed(source) => *source,
            AnySource::Shared(source) => source.as_ref(),
        }
    }
}

impl<'a, S: Source> From<&'a S> for AnySource<'a> {
    fn from(source: &'a S) -> Self {
        AnySource::Borrowed(source)
    }
}

impl From<Arc<dyn Source + Send>> for AnySource<'static> {
    fn from(source: Arc<dyn Source + Send>) -> Self {
        AnySource::Shared(source)
    }
}

/// Where bytes go, one after another.
pub trait Sink {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// Whatever keeps them from being written.
    fn write(&mut self, bytes: &[u8]) -> Result<()>;

    /// There will be so many more bytes: whoever keeps them can make room at once.
    fn expect(&mut self, _more: u64) {}
}

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    fn expect(&mut self, more: u64) {
        self.reserve(usize::try_from(more).unwrap_or(0));
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        (**self).write(bytes)
    }

    fn expect(&mut self, more: u64) {
        (**self).expect(more);
    }
}
