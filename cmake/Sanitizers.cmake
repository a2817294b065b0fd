# VAERANS_SANITIZE: OFF, ON (address,undefined), or what -fsanitize= takes. For the C++ harness.

set(VAERANS_SANITIZE OFF CACHE STRING "sanitizers for the kernels and their harness: OFF, ON or what -fsanitize= takes")
if(VAERANS_SANITIZE)
  if(VAERANS_SANITIZE MATCHES "^(ON|TRUE|YES|1)$")
    set(sanitizers address,undefined)
  else()
    set(sanitizers ${VAERANS_SANITIZE})
  endif()
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${sanitizers})
endif()
