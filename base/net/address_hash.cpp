#include "base/net/address_hash.hpp"

namespace firstlight {

std::uint64_t address_hash(const boost::asio::ip::address& address) {
  std::uint64_t h = 0xcbf29ce484222325ULL;  // FNV-1a
  const auto add = [&h](const auto& bytes) {
    for (const unsigned char b : bytes) h = (h ^ b) * 0x100000001b3ULL;
  };
  if (address.is_v4())
    add(address.to_v4().to_bytes());
  else
    add(address.to_v6().to_bytes());
  return h ^ (h >> 32);
}

}  // namespace firstlight
