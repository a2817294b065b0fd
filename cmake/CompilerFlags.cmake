# Flags every kernel is compiled with.
#
# The float results of a kernel are equal on every instruction set. That rests on: no contraction of a*b+c into one
# rounding, no reassociation (never -ffast-math), and a fixed order of operations in the source. (-fno-trapping-math
# changes no result: it says that nobody reads the floating-point exception flags.)

if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang|GNU")
  message(FATAL_ERROR "the kernels need GCC or Clang (on Windows: the ClangCL toolset), found ${CMAKE_CXX_COMPILER_ID}")
endif()

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# A sanitizer's checks are what its build is for, and at -O3 they take many minutes to compile.
set(VAERANS_OPTIMIZE -O3)
if(VAERANS_SANITIZE)
  set(VAERANS_OPTIMIZE -O1)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32" AND NOT VAERANS_LEAVE_OUT EQUAL 0)
  set(VAERANS_OPTIMIZE -O2)  # a module to be downloaded
endif()

if(CMAKE_CXX_COMPILER_FRONTEND_VARIANT STREQUAL "MSVC")
  set(VAERANS_WARNINGS /W4)
  set(VAERANS_FLAGS /clang:-O3 /clang:-ffp-contract=off /clang:-fno-math-errno /clang:-fno-trapping-math /GR- /EHs-c- /clang:-fno-threadsafe-statics)
else()
  set(VAERANS_WARNINGS -Wall -Wextra -Wno-psabi -Wno-unknown-pragmas -Wno-ignored-attributes)
  set(VAERANS_FLAGS ${VAERANS_OPTIMIZE} -ffp-contract=off -fno-math-errno -fno-trapping-math -fno-exceptions -fno-rtti
      -fno-threadsafe-statics -fno-asynchronous-unwind-tables)
  # What every engine has. Here and not in the toolchain file, whose flags are replaced by those that Cargo's build script gives.
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")
    list(APPEND VAERANS_FLAGS -mbulk-memory -mmutable-globals -msign-ext -mnontrapping-fptoint)
    set(CMAKE_POSITION_INDEPENDENT_CODE OFF)  # one module: nothing is loaded at run time
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND VAERANS_WARNINGS -Wno-maybe-uninitialized)  # GCC's own intrinsics start from undefined vectors
  endif()
endif()
