# One object library per instruction set from the same sources: src/kernels/*.cc and src/isa_table.cc.
#
# A new family is a file in src/kernels and its lines in include/vaerans/kernels.h; nothing changes here.

file(GLOB VAERANS_KERNEL_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/*.cc")

# vaerans_add_isa(NAME FLAG...)
function(vaerans_add_isa name)
  set(target vaerans_isa_${name})
  add_library(${target} OBJECT ${VAERANS_KERNEL_SOURCES} "${CMAKE_CURRENT_SOURCE_DIR}/src/isa_table.cc"
              "${CMAKE_CURRENT_SOURCE_DIR}/src/nn_isa_table.cc")
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/include" "${CMAKE_CURRENT_SOURCE_DIR}/src")
  string(TOUPPER ${name} upper)
  target_compile_definitions(${target} PRIVATE VAERANS_ISA_NAME=${name} VAERANS_ISA_${upper}=1
                             VAERANS_LEAVE_OUT=${VAERANS_LEAVE_OUT})
  target_compile_options(${target} PRIVATE ${VAERANS_WARNINGS} ${VAERANS_FLAGS} ${ARGN})
  target_sources(vaerans_kernels PRIVATE $<TARGET_OBJECTS:${target}>)
  target_compile_definitions(vaerans_kernels PRIVATE VAERANS_HAVE_${upper}=1)
  set_property(GLOBAL APPEND PROPERTY VAERANS_ISAS ${name})
endfunction()

# The instruction sets of the processor that is built for. `scalar` is the plain baseline with the vectoriser off.
function(vaerans_add_isas)
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" cpu)
  if(CMAKE_OSX_ARCHITECTURES)
    string(TOLOWER "${CMAKE_OSX_ARCHITECTURES}" cpu)
  endif()
  if(CMAKE_CXX_COMPILER_FRONTEND_VARIANT STREQUAL "MSVC")
    set(novec /clang:-fno-vectorize /clang:-fno-slp-vectorize)
    set(p "/clang:")
  else()
    set(novec -fno-tree-vectorize -fno-tree-slp-vectorize)
    if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
      set(novec -fno-vectorize -fno-slp-vectorize)
    endif()
    set(p "")
  endif()
  # A module with one SIMD instruction is refused whole by an engine without SIMD: so the level is chosen when building.
  if(cpu MATCHES "^wasm32$" AND VAERANS_WASM_SIMD)
    set(relaxed "")
    if(VAERANS_WASM_RELAXED)
      set(relaxed -mrelaxed-simd)
    endif()
    vaerans_add_isa(simd128 -msimd128 ${relaxed})
    return()
  endif()
  vaerans_add_isa(scalar ${novec})
  if(cpu MATCHES "^(x86_64|amd64|x64)$")
    set(avx2 ${p}-mavx2 ${p}-mfma ${p}-mf16c ${p}-mbmi ${p}-mbmi2 ${p}-mlzcnt ${p}-mpopcnt)
    vaerans_add_isa(sse42 ${p}-msse4.2 ${p}-mpopcnt)
    vaerans_add_isa(avx2 ${avx2})
    vaerans_add_isa(avx512 ${avx2} ${p}-mavx512f ${p}-mavx512bw ${p}-mavx512dq ${p}-mavx512vl ${p}-mavx512vbmi
                    ${p}-mavx512vbmi2 ${p}-mprefer-vector-width=512)
  elseif(cpu MATCHES "^(aarch64|arm64)$")
    vaerans_add_isa(neon)
  endif()
endfunction()
