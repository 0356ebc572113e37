/* Loaded before the C library into pcscd: vpcd binds to all addresses, this makes it bind to the
 * loopback only. (Told to connect to a card instead of listening, vpcd 3.3 brings pcscd down when
 * the card is taken away, so that will not do.) */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_in here;

    if (address->sa_family == AF_INET && length == sizeof here) {
        here = *(const struct sockaddr_in *)address;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address = (const struct sockaddr *)&here;
    }
    return (int)syscall(SYS_bind, fd, address, length);
}
