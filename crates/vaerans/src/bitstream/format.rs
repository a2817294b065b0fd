//! The constants of the container. docs/format.md says the same byte by byte.

/// First bytes of a file. As in PNG: the first byte is no ASCII, CR LF shows a text-mode transfer,
/// ^Z stops a listing on DOS.
pub const MAGIC: [u8; 8] = *b"\xF6VRN\r\n\x1a\n";
/// Version written and read, a candidate for the first that is stable. Every change of the bytes raises it.
pub const VERSION: u16 = 2;
/// Earlier versions and the release that reads them.
pub const RELEASES: &[(u16, &str)] = &[(0, "vaerans 0.1"), (1, "vaerans 0.2")];
/// Bytes in front of the first record: magic, version, flags.
pub const PRELUDE: usize = 12;
/// Bytes in front of a record's body: type, length of the body.
pub const RECORD_HEAD: usize = 5;
/// Type of a record: an item, whose sections follow.
pub const RECORD_ITEM: u8 = 1;
/// Type of a record: the index of all items in front of it.
pub const RECORD_INDEX: u8 = 2;

/// What a file gives when every step is undone.
pub const CONTENT_PICTURE: u8 = 0;
/// See [`CONTENT_PICTURE`].
pub const CONTENT_TENSOR: u8 = 1;

/// Metadata items.
pub const META_ICC: u8 = 1;
/// EXIF block, as it stands after the `Exif\0\0` of a JPEG.
pub const META_EXIF: u8 = 2;
/// EXIF orientation 1..=8, one byte; wins over the one inside the EXIF block.
pub const META_ORIENTATION: u8 = 3;
/// UTF-8 JSON of the writer's own (names of custom systems, model files, ...).
pub const META_JSON: u8 = 4;

/// How the shape of a step's input is found, the low two bits of its flags.
pub const SHAPE_TILE: u8 = 0;
/// See [`SHAPE_TILE`]: that of the step before.
pub const SHAPE_SAME: u8 = 1;
/// See [`SHAPE_TILE`]: that of the step before, last axis first.
pub const SHAPE_PLANAR: u8 = 2;
/// See [`SHAPE_TILE`]: written per tile. Also the mask of the two bits.
pub const SHAPE_EXPLICIT: u8 = 3;
/// Step flag: the step carries side bytes, of every tile its own.
pub const STEP_SIDE: u8 = 4;
/// Step flag: the step carries its name.
pub const STEP_NAME: u8 = 8;
/// Step flag: the step carries side bytes, the same for all tiles.
pub const STEP_SHARED: u8 = 16;

/// Smallest edge of a tile in pixels; 0 says that one tile holds all.
pub const MIN_TILE: u64 = 64;
/// Largest edge of a tile in pixels.
pub const MAX_TILE: u64 = 1 << 20;
/// Most axes of a tensor in a file.
pub const MAX_RANK: u64 = 8;
/// Most steps of one stream.
pub const MAX_STEPS: u64 = 64;
/// Most sections a tile has (levels of resolution).
pub const MAX_LEVELS: u64 = 32;
/// Most streams of a file.
pub const MAX_STREAMS: u64 = 16;
/// Most bytes of a store key or of the name of a step.
pub const MAX_NAME: u64 = 256;
/// Most bytes of an item's name.
pub const MAX_KEY: u64 = 1024;
