//! The one list of error codes: of the core, of picture files, of Python and of the browser package. docs/errors.md and the
//! tables of every language are made from it.

/// One row of docs/errors.md: a code, what it means, and what to do about it.
#[derive(Debug, Clone, Copy)]
pub struct CodeDoc {
    /// Stable dotted code.
    pub code: &'static str,
    /// What happened.
    pub meaning: &'static str,
    /// What to do next.
    pub next: &'static str,
}

const fn row(code: &'static str, meaning: &'static str, next: &'static str) -> CodeDoc {
    CodeDoc { code, meaning, next }
}

/// Every code, by family, then name.
pub static CODES: &[CodeDoc] = &[
    row("pipe.missing_component", "the entity has no component under that key", "run the pipe that produces it"),
    row(
        "pipe.missing_input",
        "a step needs a component that no earlier step produces",
        "add the system the message names, or select another key",
    ),
    row("pipe.no_inverse", "the system has no inverse", "leave the system out of pipes that must be decoded"),
    row("pipe.not_runnable", "a system of one's own has no run(world, eids)", "write it"),
    row("pipe.not_saveable", "the component is not a whole file", "save a Bitstream: the result of an entropy coder"),
    row("pipe.unknown_entity", "the entity does not exist or was despawned", "spawn it first"),
    row("pipe.unknown_system", "the file names a system this build does not have", "register the system, or update"),
    row(
        "pipe.unregistered_system",
        "a pipe with an unregistered custom system cannot be saved",
        "register it with a number of the private range",
    ),
    row(
        "pipe.wrong_inverse",
        "an inverse step does not match the newest forward step of its input",
        "undo the steps in reverse order",
    ),
    row(
        "pipe.wrong_kind",
        "a step was given a component kind it cannot take",
        "put the system the message names in between",
    ),
    row("param.arena_in_use", "an arena was reset while a view of its memory lives", "drop the views first"),
    row("param.dtype", "an array has the wrong dtype", "convert it to the dtype the message names"),
    row(
        "param.image_format",
        "the file format asked for cannot hold this picture",
        "write PNG or TIFF, which hold every picture, or convert the picture first",
    ),
    row(
        "param.metadata",
        "a block is not EXIF, or an ICC profile is of another colour space than the picture",
        "pass the block from its TIFF header on, the profile of these channels, or leave it out",
    ),
    row("param.overlap", "an output array shares memory with the input", "pass an array of its own"),
    row("param.range", "an argument lies outside its range", "use a value inside the range the message gives"),
    row("param.read_only", "a leased or frozen tensor cannot be written", "allocate a tensor of your own"),
    row("param.shape", "an array has the wrong shape", "pass the shape the message gives"),
    row("param.stale_tensor", "a tensor reference is older than the arena's last reset", "allocate it anew"),
    row("param.taken", "another pair of systems has this number", "register yours with a number of its own"),
    row("param.type", "an argument has the wrong type", "pass the type the message names"),
    row("param.unknown", "there is no parameter or system of that name", "see the list in the message"),
    row(
        "data.base_differs",
        "the reconstruction is not the one the residual was made over",
        "decode with the same network and library version, or without the residual",
    ),
    row("data.empty", "a picture or tensor has no samples", "pass at least one sample"),
    row("data.image_damaged", "the picture file is cut short or damaged", "fetch the file again"),
    row(
        "data.image_format",
        "the bytes are no JPEG, PNG, WebP or TIFF file",
        "check that the file is a picture; convert other formats first",
    ),
    row(
        "data.image_kind",
        "the picture has samples this codec has no place for: floating point, a TIFF palette, more than four channels",
        "convert it to 8 or 16-bit grey, RGB or RGBA",
    ),
    row("data.not_finite", "the samples hold NaN or infinity", "clean the samples first"),
    row("data.range", "a sample does not fit the target type", "scale the samples, or use a wider type"),
    row(
        "data.too_small",
        "a side is too short for this computation",
        "use larger samples, or the setting the message names",
    ),
    row(
        "data.type",
        "a system of one's own made a tensor of another type than it declared, or than a later step takes",
        "declare what the system makes, or make what the message names",
    ),
    row("stream.checksum", "a section's CRC32C differs: the bytes were changed", "fetch the file again"),
    row(
        "stream.invalid",
        "a field of the file holds an impossible value",
        "the file is damaged or hostile: do not trust it",
    ),
    row("stream.magic", "these bytes are not a vaerans file", "pass a .vrn file"),
    row(
        "stream.network",
        "the connection ended, or the server refused, while a file was read",
        "try again; what was painted stays valid",
    ),
    row("stream.truncated", "the bytes end too early", "fetch the whole file again"),
    row(
        "stream.version",
        "the file was written in another version of the format",
        "use the release that the message names",
    ),
    row(
        "model.checksum",
        "a model's weights are not those that were expected",
        "fetch the model the data was made with",
    ),
    row("model.download", "the hub did not give a model's files", "check the name, or fetch the files by hand"),
    row(
        "model.invalid",
        "model.json, a predictor or a PIL-VAE file holds an impossible value",
        "correct the field the message names",
    ),
    row("model.missing_file", "a model folder lacks a file", "fetch the folder again, or export the missing file"),
    row(
        "model.not_found",
        "no model of that name or path",
        "put the model folder where the message says, or name another",
    ),
    row(
        "model.operator",
        "a network has an operator that this build does not run",
        "export it without the operator, or update",
    ),
    row("model.plan", "a compiled network is damaged or of another version", "export the model again"),
    row(
        "model.run",
        "ONNX Runtime cannot load or run a network",
        "check the file with onnx.checker, or export it again",
    ),
    row("model.sampling", "an encoder draws random numbers", "export the mean of the latent, not a sample"),
    row("model.shape", "a network does not have the inputs, outputs or sizes model.json states", "correct model.json"),
    row(
        "model.unknown_values",
        "shapes inside a network depend on values that are not known before it runs",
        "export the model with constants in their place",
    ),
    row(
        "model.weights",
        "a file of weights is damaged or not of a tiny autoencoder",
        "fetch it again, or name another",
    ),
    row("limit.arena", "the arena has too little free memory", "raise arena_bytes"),
    row("limit.dimensions", "a picture is larger than the limits allow", "raise the limit the message names"),
    row(
        "limit.file_size",
        "the file is larger than the limits allow",
        "raise the limit the message names, or split the file",
    ),
    row(
        "limit.memory",
        "more memory is needed than max_bytes allows, or than the system gives",
        "raise max_bytes, or use a smaller picture or arena",
    ),
    row(
        "limit.metadata",
        "a profile, EXIF block or text of a picture file is larger than the limits allow",
        "raise max_bytes, or take it out of the file",
    ),
    row("limit.symbols", "a stream claims more symbols than the limits allow", "raise the limit the message names"),
    row(
        "unavailable.disk_full",
        "the disk or quota is full; the file that stood there before is as it was",
        "free some space, or write to another disk",
    ),
    row(
        "unavailable.feature",
        "this build lacks an optional part",
        "install the extra or build with the feature the message names",
    ),
    row(
        "unavailable.file",
        "the file cannot be opened, read or written",
        "check the path, its permissions and the disk",
    ),
    row(
        "unavailable.file_exists",
        "the file is there already and was not to be overwritten",
        "choose another name, or allow overwriting",
    ),
    row(
        "unavailable.forked",
        "a world or arena that was made before a process was forked is used in the child",
        "make one in the child, or start processes by spawn",
    ),
    row("unavailable.interrupted", "Ctrl-C, or a request to end, came before this file was done", "run it again"),
    row(
        "unavailable.isa",
        "this CPU or build lacks the instruction set asked for",
        "unset VAERANS_ISA or choose one the message lists",
    ),
    row(
        "unavailable.matplotlib",
        "the plots of vaerans_ecs.viz need matplotlib, which is not installed",
        "install matplotlib",
    ),
    row(
        "unavailable.script",
        "a script of the package that is loaded on demand cannot be had",
        "keep all files of dist in place while pages that were loaded with them are open; reload the page",
    ),
    row(
        "unavailable.wasm",
        "the wasm module cannot be had: blocked, not there, or answered with a page of HTML",
        "serve dist/wasm beside the script with its type, or pass init({ wasm })",
    ),
    row(
        "unavailable.worker",
        "a worker cannot be started, or ended in the middle of its work",
        "call again: a new one is started; see engineInfo().reason",
    ),
    row("internal.bug", "an invariant of ours is broken", "please report it with the message"),
];
