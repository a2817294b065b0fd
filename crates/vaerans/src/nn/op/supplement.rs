//! Operators that few networks have. A build without the feature `rare` knows their rows, and asks a supplement to work out their shapes
//! and to run them: a module of its own over the same memory, which a page fetches when a plan names one.

use super::{Attribute, Call, Infer, Op, Operand};
use crate::error::{Error, Result};
use crate::kernels::nn::LAYOUT as LAYOUT_OF_KERNELS;
use crate::nn::ty::Spec;
use std::ffi::c_void;
use std::mem::offset_of;

/// The rows of families. What they do is left out where a supplement is asked for it; what they say to people where nobody reads it.
macro_rules! families {
    ($(#[$doc:meta])* $name:ident = $place:ident: $($family:ident)*) => {
        $(#[$doc])*
        static $name: &[&[Op]] = &[$({
            static ROWS: [Op; $family::OPS.len()] = {
                let mut rows = [Op::BASE; $family::OPS.len()];
                let mut i = 0;
                while i < rows.len() {
                    rows[i] = supplement::$place(*$family::OPS[i]);
                    i += 1;
                }
                rows
            };
            &ROWS
        }),*];
    };
}

pub(super) use families;

/// A row of this build.
#[cfg(feature = "rare")]
pub(super) const fn here(op: Op) -> Op {
    op
}

#[cfg(not(feature = "rare"))]
pub(super) const fn here(op: Op) -> Op {
    Op { summary: "", ..op }
}

/// A row that the supplement stands behind, if there is one.
#[cfg(feature = "rare")]
pub(super) const fn here_or_there(op: Op) -> Op {
    op
}

#[cfg(not(feature = "rare"))]
pub(super) const fn here_or_there(op: Op) -> Op {
    here(Op { infer: there::infer, run: there::run, ..op })
}

/// What a supplement is asked: the number of an operator; [`INFER`] or [`RUN`]; the [`Infer`] or [`Call`]; the `Result<()>` that it writes.
pub type Supplement = extern "C" fn(u32, u32, *mut c_void, *mut c_void);

/// What a step comes to.
const INFER: u32 = 0;
/// The step itself.
const RUN: u32 = 1;

/// Both modules read the same structures and call the same kernels: this differs where they were built from other ones.
pub const LAYOUT: u32 = {
    let parts = [
        size_of::<Infer<'static>>(),
        offset_of!(Infer<'static>, attributes),
        offset_of!(Infer<'static>, inputs),
        offset_of!(Infer<'static>, outputs),
        offset_of!(Infer<'static>, result),
        offset_of!(Infer<'static>, keep),
        size_of::<Call<'static, 'static>>(),
        offset_of!(Call<'static, 'static>, attributes),
        offset_of!(Call<'static, 'static>, inputs),
        offset_of!(Call<'static, 'static>, outputs),
        offset_of!(Call<'static, 'static>, scratch),
        offset_of!(Call<'static, 'static>, kept),
        size_of::<Operand<'static>>(),
        size_of::<Attribute>(),
        size_of::<Spec>(),
        size_of::<Result<()>>(),
        offset_of!(Op, attributes),
    ];
    let version = env!("CARGO_PKG_VERSION").as_bytes();
    let (mut hash, mut i) = (LAYOUT_OF_KERNELS, 0);
    while i < parts.len() + version.len() {
        let part = if i < parts.len() { parts[i] } else { version[i - parts.len()] as usize };
        hash = hash.rotate_left(5) ^ part as u32;
        i += 1;
    }
    hash
};

/// Answers what a module without these operators asks.
///
/// # Safety
/// `subject` is an [`Infer`] or a [`Call`], as `what` says, `answer` a `Result<()>`, both of a module of the same [`LAYOUT`] over the same memory
/// and allocator; nobody else uses them meanwhile.
#[cfg(feature = "rare")]
pub unsafe fn serve(number: u32, what: u32, subject: *mut c_void, answer: *mut c_void) {
    let op = super::RARE.iter().flat_map(|family| family.iter()).find(|op| u32::from(op.number) == number);
    let result = match (op, what) {
        // SAFETY: as the caller promises.
        (Some(op), INFER) => (op.infer)(unsafe { &mut *subject.cast() }),
        // SAFETY: as the caller promises.
        (Some(op), RUN) => (op.run)(unsafe { &mut *subject.cast() }),
        _ => Err(Error::new("model.operator", "the supplement has no such operator")),
    };
    // SAFETY: as the caller promises.
    unsafe { *answer.cast::<Result<()>>() = result };
}

#[cfg(feature = "rare")]
pub(super) const fn is_there() -> bool {
    true
}

#[cfg(not(feature = "rare"))]
pub use there::attach;
#[cfg(not(feature = "rare"))]
pub(super) use there::is_there;

#[cfg(not(feature = "rare"))]
mod there {
    use super::*;
    use std::sync::OnceLock;

    static ATTACHED: OnceLock<Supplement> = OnceLock::new();

    /// From now on this is asked.
    pub fn attach(supplement: Supplement) {
        let _ = ATTACHED.set(supplement);
    }

    pub(in super::super) fn is_there() -> bool {
        ATTACHED.get().is_some()
    }

    pub(super) fn infer(infer: &mut Infer) -> Result<()> {
        ask(infer.op, INFER, std::ptr::from_mut(infer).cast())
    }

    pub(super) fn run(call: &mut Call) -> Result<()> {
        ask(call.op, RUN, std::ptr::from_mut(call).cast())
    }

    fn ask(op: &Op, what: u32, subject: *mut c_void) -> Result<()> {
        let missing = || Error::new("model.operator", format!("{} is in the supplement, which is not loaded", op.name));
        let supplement = ATTACHED.get().ok_or_else(missing)?;
        let mut answer = Ok(());
        supplement(op.number.into(), what, subject, std::ptr::from_mut(&mut answer).cast());
        answer
    }
}
