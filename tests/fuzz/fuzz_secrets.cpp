// The finder of secrets: never crashes, says one of its two words, and no text around a secret hides it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/secrets.hpp"

using namespace firstlight;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto found = wire::find_secret(text);
  if (found && *found != "private-key" && *found != "token") std::abort();
  if (found && !wire::find_secret("x" + text + " ")) std::abort();
  const auto half = text.substr(0, size / 2);
  const auto key = wire::find_secret(half + "-----BEGIN PRIVATE KEY-----" + text.substr(size / 2));
  if (key != "private-key") std::abort();
  if (!wire::find_secret(half + " eyJhIjoxfQ.eyJhIjoxfQ.c2ln " + text.substr(size / 2))) std::abort();
  return 0;
}
