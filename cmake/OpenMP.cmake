# VAERANS_OPENMP: split one large kernel over OpenMP threads (src/openmp.cc). Off by default: the Rust pool does the
# threading, and a second OpenMP runtime in one process is a nuisance.

option(VAERANS_OPENMP "split one large kernel over OpenMP threads" OFF)
function(vaerans_use_openmp target)
  if(VAERANS_OPENMP)
    find_package(OpenMP REQUIRED COMPONENTS CXX)
    target_sources(${target} PRIVATE src/openmp.cc)
    target_link_libraries(${target} PUBLIC OpenMP::OpenMP_CXX)
  endif()
endfunction()
