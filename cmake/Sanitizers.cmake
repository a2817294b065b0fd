# VAERANS_SANITIZE: empty, or what -fsanitize= takes (for instance "address,undefined"). For the C++ harness.

set(VAERANS_SANITIZE "" CACHE STRING "sanitizers for the kernels and their tests, as -fsanitize= takes them")
if(VAERANS_SANITIZE)
  add_compile_options(-fsanitize=${VAERANS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${VAERANS_SANITIZE})
endif()
