//! What can be wrong with the coded samples of a JPEG file.

/// A result of reading coded samples.
pub(super) type Found<T> = Result<T, Damage>;

/// What is wrong in a run of coded samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// Bits that are no code.
    Code,
    /// A coefficient beyond the last.
    Coefficient,
    /// The bytes end before the samples do.
    Short,
    /// The samples end before the bytes do.
    Long,
    /// Restart markers missing or out of order.
    Restart,
    /// The file ends before its end-of-image marker.
    Cut,
    /// A component without any coded samples.
    Missing,
}

impl Damage {
    /// In words.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Code => "bits that are no code of its tables",
            Self::Coefficient => "coefficients beyond the end of a block",
            Self::Short => "a run of coded samples ends early",
            Self::Long => "bytes are left over behind a run of coded samples",
            Self::Restart => "restart markers are missing or out of order",
            Self::Cut => "it is cut short: no end-of-image marker after the picture",
            Self::Missing => "a colour component has no coded samples",
        }
    }
}
