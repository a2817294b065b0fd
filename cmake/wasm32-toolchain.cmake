# wasm32-unknown-unknown with a plain Clang: freestanding, no Emscripten, no WASI, no libc.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

function(_vaerans_tool variable)
  find_program(${variable} NAMES ${ARGN} REQUIRED)
  set(${variable} "${${variable}}" PARENT_SCOPE)
endfunction()
_vaerans_tool(VAERANS_WASM_CXX clang++-19 clang++-20 clang++-18 clang++)
_vaerans_tool(VAERANS_WASM_AR llvm-ar-19 llvm-ar-20 llvm-ar-18 llvm-ar)
_vaerans_tool(VAERANS_WASM_RANLIB llvm-ranlib-19 llvm-ranlib-20 llvm-ranlib-18 llvm-ranlib)

set(CMAKE_CXX_COMPILER "${VAERANS_WASM_CXX}")
set(CMAKE_CXX_COMPILER_TARGET wasm32-unknown-unknown)
set(CMAKE_AR "${VAERANS_WASM_AR}" CACHE FILEPATH "archiver")
set(CMAKE_RANLIB "${VAERANS_WASM_RANLIB}" CACHE FILEPATH "ranlib")
set(CMAKE_CXX_FLAGS_INIT "-ffreestanding -nostdlib")
