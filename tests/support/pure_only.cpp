// Linked into the pure test programs, where the linker leads these calls here (--wrap, see tests/CMakeLists.txt): a
// test that opens a socket, starts a process or sleeps belongs in a file whose name ends in _io_test.cpp.
#include <cstdio>
#include <cstdlib>

namespace {

[[noreturn]] void refuse(const char* call) {
  std::fprintf(stderr, "a pure test called %s(): it belongs in a file whose name ends in _io_test.cpp\n", call);
  std::abort();
}

}  // namespace

#define REFUSE(call)                             \
  extern "C" [[noreturn]] void __wrap_##call() { \
    refuse(#call);                               \
  }

REFUSE(socket)
REFUSE(socketpair)
REFUSE(accept)
REFUSE(fork)
REFUSE(vfork)
REFUSE(posix_spawn)
REFUSE(posix_spawnp)
REFUSE(popen)
REFUSE(system)
REFUSE(nanosleep)
REFUSE(clock_nanosleep)
REFUSE(usleep)
REFUSE(sleep)
