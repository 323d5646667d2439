#include "fakes/ingress/refused_connections.hpp"

#include <linux/filter.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <utility>

namespace firstlight::fakes {

namespace {

namespace asio = boost::asio;

constexpr int kMessagesAtATime = 256;        // then other work of the front thread has its turn
constexpr std::size_t kMessageBytes = 4096;  // one takes 380 on Linux 6
constexpr int kProbeMs = 1000;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error failed(const std::string& what) {
  return {Errc::io_error, what + ": " + std::strerror(errno)};
}

/// Lets those messages pass whose socket went to one of the ports; without ports none.
bool attach_filter(int netlink, const std::vector<std::uint16_t>& ports) {
  constexpr std::uint32_t kRemotePort = NLMSG_HDRLEN + offsetof(inet_diag_msg, id.idiag_dport);
  std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kRemotePort)};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto to_accept = static_cast<std::uint8_t>(ports.size() - i);
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports[i], to_accept, 0));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, 0));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, UINT32_MAX));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::setsockopt(netlink, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

result<Socket> open_netlink(int buffer_bytes) {
  Socket netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
  if (netlink.get() < 0) return failed("the kernel has no sock_diag");
  if (::setsockopt(netlink.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes) != 0)
    (void)::setsockopt(netlink.get(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  if (!attach_filter(netlink.get(), {})) return failed("filtering what the kernel tells");
  sockaddr_nl us{};
  us.nl_family = AF_NETLINK;
  us.nl_groups = 1U << (SKNLGRP_INET_TCP_DESTROY - 1) | 1U << (SKNLGRP_INET6_TCP_DESTROY - 1);
  if (::bind(netlink.get(), reinterpret_cast<const sockaddr*>(&us), sizeof us) != 0)
    return failed("the kernel does not tell of destroyed sockets");
  return netlink;
}

/// A message, nothing (there is none now), or errno.
struct Received {
  std::optional<DestroyedSocket> socket;
  int error = 0;
};
Received receive(int netlink) {
  std::array<std::byte, kMessageBytes> buffer;
  const auto n = ::recv(netlink, buffer.data(), buffer.size(), 0);
  if (n < 0) return {{}, errno};
  return {read_destroyed_socket({buffer.data(), static_cast<std::size_t>(n)}), 0};
}

/// Makes the socket one that has a port and does not listen. Where; nothing: it cannot be made so.
std::optional<sockaddr_in> closed_port(const Socket& closed) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(closed.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) return {};
  if (::getsockname(closed.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
  return address;
}

bool waits_for(int fd, short events) {
  pollfd wanted{fd, events, 0};
  return ::poll(&wanted, 1, kProbeMs) == 1;
}

/// A kernel may know the group and yet tell nothing, where the module that would is not loaded.
result<void> probe(int netlink) {
  const Socket closed(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = closed_port(closed);
  if (!address || !attach_filter(netlink, {ntohs(address->sin_port)})) return failed("probing for refused connections");
  {
    const Socket client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::connect(client.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
    if (!waits_for(client.get(), POLLOUT)) return Error(Errc::io_error, "a closed port did not refuse");
  }
  if (!waits_for(netlink, POLLIN)) return Error(Errc::io_error, "the kernel did not tell of a connection it refused");
  const auto seen = receive(netlink).socket;
  if (!seen || !seen->refused) return Error(Errc::io_error, "the kernel told of a refused connection in another way");
  return result<void>();
}

}  // namespace

struct RefusedConnections::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& front, int netlink, Sink s) : descriptor(front, netlink), sink(std::move(s)) {}

  void arm() {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (error || !self->descriptor.is_open()) return;
                            self->drain();
                            self->arm();
                          });
  }

  void drain() {
    for (int i = 0; i < kMessagesAtATime; ++i) {
      const auto [socket, error] = receive(descriptor.native_handle());
      if (error == ENOBUFS) ++lost;  // the kernel dropped some; what it kept is still to be read
      if (error != 0 && error != ENOBUFS && error != EINTR) return;
      if (socket && socket->refused) sink(*socket);
    }
  }

  asio::posix::stream_descriptor descriptor;
  Sink sink;
  std::atomic<std::uint64_t> lost{0};
};

result<std::unique_ptr<RefusedConnections>> RefusedConnections::watch(asio::io_context& front,
                                                                      const std::vector<std::uint16_t>& ports,
                                                                      Sink sink, int buffer_bytes) {
  auto netlink = open_netlink(buffer_bytes);
  if (!netlink) return netlink.error();
  const auto shown = probe(netlink->get());
  if (!shown) return shown.error();
  if (!attach_filter(netlink->get(), ports)) return failed("filtering what the kernel tells");
  auto impl = std::make_shared<Impl>(front, netlink->release(), std::move(sink));
  impl->arm();
  return std::unique_ptr<RefusedConnections>(new RefusedConnections(std::move(impl)));
}

RefusedConnections::~RefusedConnections() {
  close();
}

std::uint64_t RefusedConnections::lost() const {
  return impl_->lost;
}

void RefusedConnections::close() {
  boost::system::error_code ignored;
  impl_->descriptor.close(ignored);
}

}  // namespace firstlight::fakes
