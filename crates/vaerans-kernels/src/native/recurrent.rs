//! Mirror of `cpp/include/vaerans/nn_recurrent.h`.

use crate::Isa;
use std::ffi::c_char;

/// `vaerans_recurrent`.
#[repr(C)]
pub struct Recurrent {
    pub x: *const f32,
    pub made: *const f32,
    pub batch: usize,
    pub hidden: usize,
    pub state: *mut f32,
    pub cell: *mut f32,
}

/// `vaerans_nn_recurrent_table`.
#[repr(C)]
pub struct RecurrentTable {
    isa: *const c_char,
    pub lstm: unsafe extern "C" fn(*const Recurrent),
    pub gru: unsafe extern "C" fn(*const Recurrent),
}

// SAFETY: a table and everything it points to is constant.
unsafe impl Sync for RecurrentTable {}

#[cfg(feature = "cxx")]
pub(crate) fn table_for(isa: Isa) -> Option<&'static RecurrentTable> {
    extern "C" {
        fn vaerans_nn_recurrent_table_for(isa: i32) -> *const RecurrentTable;
    }
    // SAFETY: as for `vaerans_table_for`.
    unsafe { vaerans_nn_recurrent_table_for(isa as i32).as_ref() }
}

#[cfg(not(feature = "cxx"))]
pub(crate) fn table_for(_: Isa) -> Option<&'static RecurrentTable> {
    None
}

#[cfg(all(test, feature = "cxx"))]
mod tests {
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn table_is_of_its_instruction_set() {
        for isa in Isa::ALL {
            let Some(table) = table_for(isa) else { continue };
            // SAFETY: a C string constant at the head of the table, whatever follows it.
            assert_eq!(unsafe { CStr::from_ptr(table.isa) }.to_str(), Ok(isa.name()));
        }
        assert!(table_for(Isa::Reference).is_none());
    }
}
