//! The vaerans codec core.
