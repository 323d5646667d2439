# One target a room, linked with the rooms that it may include (docs/architecture.md). tests/tidy reads the table below and checks
# every #include against it, because headers are found whether they are linked or not.
# Sources are globbed so that a new file needs no edit here; CONFIGURE_DEPENDS makes the build notice it.
option(FIRSTLIGHT_PCH "Precompile the headers that nearly every file includes" ON)
if(FIRSTLIGHT_PCH)
  add_library(pch STATIC "${PROJECT_SOURCE_DIR}/cmake/pch.cpp")
  target_link_libraries(pch PUBLIC options)
  target_precompile_headers(pch PRIVATE "${PROJECT_SOURCE_DIR}/cmake/pch.hpp")
endif()

# Several files a compiler run. A file costs 5 to 20 s by the headers it includes and the templates it instantiates, whatever it
# does itself: compiled together, the whole takes less than half. For work on one file, -DFIRSTLIGHT_UNITY=OFF is quicker.
option(FIRSTLIGHT_UNITY "Compile several files together" ON)
if(FIRSTLIGHT_UNITY)
  # g++ takes each file for a header then, whose types should not be hidden in an anonymous namespace.
  target_compile_options(options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
function(compile_together target)
  if(FIRSTLIGHT_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
  endif()
endfunction()

# add_room(FOLDER [MAY_INCLUDE room…] [LIBRARIES library…])
# Every *.cpp below the folder; the target is the folder's name with _ for /. Rooms are written from the ground floor up, and a
# room names all that it may include: what is not named is out of reach, however it is linked.
function(add_room folder)
  cmake_parse_arguments(ROOM "" "" "MAY_INCLUDE;LIBRARIES" ${ARGN})
  if(NOT IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}")
    message(FATAL_ERROR "cmake/rooms.cmake names ${folder}, which is no folder")
  endif()
  string(REPLACE "/" "_" name "${folder}")
  string(REPLACE "/" "_" links "${ROOM_MAY_INCLUDE}")
  foreach(link IN LISTS links)
    if(NOT TARGET ${link})
      message(FATAL_ERROR "${folder} may include ${link}, which stands on no floor below it")
    endif()
  endforeach()
  list(APPEND links ${ROOM_LIBRARIES})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "harness/cli/main\\.cpp$")
  if(FIRSTLIGHT_FUZZ)
    # clang 14 cannot compile libstdc++ coroutines with Asio; files that need Asio end in _io.cpp and are left out.
    list(FILTER sources EXCLUDE REGEX "_io\\.cpp$")
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC options ${links})
    compile_together(${name})
    if(FIRSTLIGHT_PCH)
      target_precompile_headers(${name} REUSE_FROM pch)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE options ${links})
  endif()
endfunction()

# -- the rooms, floor by floor -----------------------------------------------------------------------------------------------

add_room(base)

add_room(wire MAY_INCLUDE base)
add_room(journal MAY_INCLUDE base)

add_room(fault MAY_INCLUDE base wire journal)
include(cmake/effects.cmake)
write_effect_list("${PROJECT_BINARY_DIR}/fault/effect_list.cpp")
target_sources(fault PRIVATE "${PROJECT_BINARY_DIR}/fault/effect_list.cpp")
add_room(decode MAY_INCLUDE base LIBRARIES yaml-cpp)

add_room(fakes/context MAY_INCLUDE base journal fault)
add_room(fakes/pki MAY_INCLUDE base wire fault)
add_room(fakes/ingress MAY_INCLUDE base fault fakes/context fakes/pki)
add_room(fakes/http MAY_INCLUDE base wire journal fault fakes/context fakes/ingress)
add_room(fakes/endorse MAY_INCLUDE base wire fault fakes/context fakes/http)
add_room(fakes/iot MAY_INCLUDE base wire fault fakes/context fakes/pki fakes/http LIBRARIES SQLite::SQLite3)
add_room(fakes/config_api MAY_INCLUDE base wire fault fakes/context fakes/pki fakes/http fakes/endorse fakes/iot)
add_room(fakes/edge MAY_INCLUDE base wire journal fault fakes/context fakes/ingress fakes/iot)
add_room(fakes/broker MAY_INCLUDE base journal fault)
if(NOT FIRSTLIGHT_FUZZ)  # a state machine that no outside byte reaches unparsed
  add_room(sim MAY_INCLUDE base wire journal fault)
endif()

add_room(language MAY_INCLUDE base journal fault decode)

add_room(judge MAY_INCLUDE journal decode language)
include(cmake/expectations.cmake)

add_room(reports MAY_INCLUDE base journal language judge)

if(NOT FIRSTLIGHT_FUZZ)
  add_room(harness/plan MAY_INCLUDE base fault fakes/context sim language)
  add_room(harness/lab MAY_INCLUDE base journal fault fakes/context fakes/pki fakes/ingress fakes/endorse fakes/iot
           fakes/config_api fakes/edge fakes/broker language harness/plan)
  add_room(harness/run MAY_INCLUDE base wire journal fault fakes/endorse sim language judge reports harness/plan
           harness/lab)
  add_room(harness/cli MAY_INCLUDE base journal fault decode fakes/context sim language judge reports harness/plan
           harness/lab harness/run)
endif()

# Many files of ten lines each.
if(FIRSTLIGHT_UNITY)
  set_target_properties(fault PROPERTIES UNITY_BUILD_BATCH_SIZE 40)
  file(GLOB fault_core CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/fault/*.cpp")
  set_source_files_properties(${fault_core} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endif()
