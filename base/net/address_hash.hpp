// A hash of an IP address that is the same in every run: it decides on which shard a device is served, and which SIM an
// IPv6 address gets. Called by the acceptor and by the table of SIMs.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>

namespace firstlight {

/// FNV-1a over the address's bytes, folded; for ShardSet::for_hash. The port does not take part.
[[nodiscard]] std::uint64_t address_hash(const boost::asio::ip::address& address);

}  // namespace firstlight
