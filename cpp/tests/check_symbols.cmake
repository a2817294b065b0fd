# The archive defines tables and nothing else, and needs nothing but the compiler's memory functions: an inline function
# with external linkage would be merged over instruction sets and crash the processors that lack the one that was kept.
execute_process(COMMAND ${NM} -P ${ARCHIVE} OUTPUT_VARIABLE listing RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${NM} ${ARCHIVE} failed")
endif()
string(REPLACE "\n" ";" lines "${listing}")
set(tables 0)
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^([A-Za-z_.$][^ ]*) ([A-Za-z])( |$)")
    continue()
  endif()
  set(name ${CMAKE_MATCH_1})
  set(kind ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^_(_?vaerans)" "\\1" name "${name}") # Mach-O
  if(kind MATCHES "^[a-tx-z]$" AND NOT kind STREQUAL "u")
    continue() # local
  endif()
  if(name MATCHES "^vaerans_")
    math(EXPR tables "${tables} + 1")
  elseif(name MATCHES "^(__asan|__ubsan|__odr_asan|__sanitizer|__tsan)")
    continue() # a sanitizer's run time, in the build that tests
  elseif(NOT (kind STREQUAL "U" AND name MATCHES "^_?(memcpy|memset|memmove|memcmp|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail)$"))
    message(SEND_ERROR "symbol ${name} (${kind}): the kernels may neither export nor need it")
  endif()
endforeach()
if(tables LESS 10)
  message(FATAL_ERROR "found only ${tables} symbols of ours: the listing was not understood")
endif()
