//! Colour transforms.

crate::registry::systems! {
    mod ycocg;
}
