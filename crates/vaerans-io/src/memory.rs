//! Memory for samples.

use crate::{Error, Result};

/// Zeros; where the machine has no memory left this is an error, not the end of the process.
///
/// Asked for first, as `vec!` cannot fail, and then given back for `vec!`, as only that takes pages the system has zeroed:
/// a small file that states a large size costs no more than what is decoded of it.
pub(crate) fn zeroed<T: Clone + Default>(length: usize) -> Result<Vec<T>> {
    Vec::<T>::new().try_reserve_exact(length).map_err(|_| {
        let bytes = length.saturating_mul(size_of::<T>());
        let message = format!("no memory left for {bytes} bytes of samples; read fewer pictures at once");
        Error::new("limit.memory", message)
    })?;
    Ok(vec![T::default(); length])
}
