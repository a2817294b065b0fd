//! Builds the C++ kernels with CMake; without the feature `cxx` there is nothing to do.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A module of one profile, to be downloaded: see `Kernels::by_reference`.
    println!("cargo:rerun-if-env-changed=VAERANS_SMALL");
    if cfg!(feature = "cxx") && std::env::var_os("VAERANS_SMALL").is_some() {
        println!("cargo:rustc-cfg=vaerans_small");
    }
    #[cfg(feature = "cxx")]
    cxx::build();
}

#[cfg(feature = "cxx")]
mod cxx {
    use std::path::Path;

    /// `cpp` and `cmake` are links to the folders of the repository; in a published crate they are the folders.
    pub fn build() {
        for folder in ["cpp", "cmake"] {
            let path = Path::new(folder).canonicalize().unwrap_or_else(|e| {
                panic!("vaerans-kernels: folder `{folder}` of the crate is missing ({e}); on Windows check the repository out with git's core.symlinks on")
            });
            println!("cargo:rerun-if-changed={}", path.display());
        }
        let mut config = cmake::Config::new("cpp");
        // Optimised whatever the Rust profile is: unoptimised kernels would make every debug test crawl.
        config.profile("Release").define("VAERANS_TESTS", "OFF");
        config.define("VAERANS_OPENMP", on(cfg!(feature = "openmp")));
        let left_out = [
            (1, cfg!(feature = "encode")),
            (2, cfg!(feature = "decode")),
            (4, cfg!(feature = "extra")),
            (8, cfg!(feature = "predict")),
        ];
        let left_out: u32 = left_out.iter().filter(|(_, kept)| !kept).map(|(bit, _)| bit).sum();
        config.define("VAERANS_LEAVE_OUT", left_out.to_string());
        let features = target("FEATURE");
        let has = |feature: &str| on(features.split(',').any(|f| f == feature));
        config.define("VAERANS_WASM_SIMD", has("simd128"));
        config.define("VAERANS_WASM_RELAXED", has("relaxed-simd"));
        config.define("VAERANS_WASM_THREADS", has("atomics"));
        if target("ENV") == "msvc" {
            config.generator_toolset("ClangCL");
        }
        // Linked from where it is built: an install folder can hold the library of an earlier compiler, because CMake
        // forgets its install prefix when the compiler changes.
        let built = config.build_target("vaerans_kernels").build().join("build");
        println!("cargo:rustc-link-search=native={}", built.display());
        println!("cargo:rustc-link-search=native={}", built.join("Release").display());
        println!("cargo:rustc-link-lib=static=vaerans_kernels");
        if cfg!(feature = "openmp") {
            println!("cargo:rustc-link-lib={}", if target("VENDOR") == "apple" { "omp" } else { "gomp" });
        }
    }

    fn on(yes: bool) -> &'static str {
        if yes {
            "ON"
        } else {
            "OFF"
        }
    }

    /// What Cargo says about the target: `CARGO_CFG_TARGET_<NAME>`, empty if unset.
    fn target(name: &str) -> String {
        std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default()
    }
}
