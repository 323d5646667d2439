# Compiler and library settings that every target shares, through the interface target `options`.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)

add_library(options INTERFACE)
target_include_directories(options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  # False positives of g++ 12 inside coroutine frames, which Asio allocates and frees by functions of its own.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>
  # Likewise false, about string_view::find, whose length it takes for negative.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>
  -fno-omit-frame-pointer)
target_compile_definitions(options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ERROR_CODE_HEADER_ONLY
  $<$<NOT:$<BOOL:${FIRSTLIGHT_FUZZ}>>:BOOST_ASIO_SEPARATE_COMPILATION>  # in base/net/asio_io.cpp
  FIRSTLIGHT_VERSION="${PROJECT_VERSION}")
target_link_libraries(options INTERFACE
  Boost::headers OpenSSL::SSL OpenSSL::Crypto fmt::fmt nlohmann_json::nlohmann_json Threads::Threads)

# Assertions are for our own mistakes and stay on in release builds.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g1")  # clang takes it for -O1

if(FIRSTLIGHT_SANITIZE)
  # Checks of every pointer that is followed. Null pointers, wrong vptrs and accesses past an object crash under ASan as well, and
  # the fuzz targets have them all; leaving them out more than halves the time to compile coroutines.
  target_compile_options(options INTERFACE -fsanitize=${FIRSTLIGHT_SANITIZE} -fno-sanitize=null,vptr,alignment,object-size
    -fno-sanitize-recover=all)
  target_link_options(options INTERFACE -fsanitize=${FIRSTLIGHT_SANITIZE})
endif()
if(FIRSTLIGHT_SANITIZE MATCHES thread)
  # g++ warns that TSan does not see bare fences. Asio has one, after it counted the last owner of an executor down; tests/tidy
  # refuses fences in our own sources.
  target_compile_options(options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()
if(FIRSTLIGHT_FUZZ)
  target_compile_options(options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(options INTERFACE -fsanitize=address,undefined)
endif()
