//! `parity [--list]`: the report of the kernels that `VAERANS_ISA` names, or the instruction sets there are.

use vaerans::kernels::Kernels;

fn main() {
    if std::env::args().any(|a| a == "--list") {
        Kernels::available().iter().for_each(|k| println!("{}", k.isa().name()));
        return;
    }
    let kernels = Kernels::from_env().unwrap_or_else(|e| fail(&e.to_string()));
    let report = vaerans_parity::report(kernels).unwrap_or_else(|e| fail(&e.to_string()));
    print!("{report}");
}

fn fail(text: &str) -> ! {
    eprintln!("{text}");
    std::process::exit(1)
}
