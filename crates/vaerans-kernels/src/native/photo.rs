//! Mirror of `vaerans/photo.h`.

/// `vaerans_photo_band`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Band {
    pub width: usize,
    pub height: usize,
    pub pitch: usize,
    pub lane: usize,
}

/// `vaerans_photo_source`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Source {
    pub magnitudes: *const i16,
    pub pitch: usize,
    pub lane: usize,
}

/// `vaerans_photo_around`.
#[repr(C)]
pub struct Around {
    pub band: Band,
    pub parent: Source,
    pub cousins: [Source; 2],
    pub beside: [Source; 4],
    pub bias: i16,
    pub weights: [i16; 12],
}

/// `vaerans_photo_model`.
#[repr(C)]
pub struct Model {
    pub ends: *const i16,
    pub zeros: *const u32,
    pub shifts: *const f32,
    pub signs: *const u16,
    pub weights: [i16; 6],
    pub next: [u8; 16],
}

/// `vaerans_photo_search`.
#[repr(C)]
pub struct Search {
    pub costs: *const f32,
    pub least: f32,
}

#[repr(C)]
pub(crate) struct PhotoTable {
    pub(crate) energies: Option<unsafe extern "C" fn(around: *const Around, rows: *mut i16, steps: *mut i16)>,
    pub(crate) decode: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            steps: *const i16,
            states: *mut u32,
            words: *const u8,
            count: usize,
            magnitudes: *mut i16,
            values: *mut f32,
            history: *mut i16,
        ) -> usize,
    >,
    pub(crate) search: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            search: *const Search,
            row: usize,
            energies: *const i16,
            coefficients: *const f32,
            factors: *const f32,
            magnitudes: *mut i16,
            indices: *mut i32,
            scratch: *mut u32,
        ),
    >,
    pub(crate) round: Option<
        unsafe extern "C" fn(
            band: *const Band,
            zone: f32,
            row: usize,
            coefficients: *const f32,
            factors: *const f32,
            magnitudes: *mut i16,
            indices: *mut i32,
        ),
    >,
    pub(crate) describe: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            energies: *const i16,
            magnitudes: *const i16,
            indices: *const i32,
            rows: *mut u8,
            values: *mut f32,
        ),
    >,
    pub(crate) encode: Option<
        unsafe extern "C" fn(
            band: *const Band,
            model: *const Model,
            counts: *const u16,
            rows: *const u8,
            indices: *const i32,
            values: *const f32,
            states: *mut u32,
            end: *mut u16,
        ) -> usize,
    >,
}
