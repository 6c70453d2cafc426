// What validates a CI token in some twenty lines today: see serve_bench.
package main

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"

	"github.com/golang-jwt/jwt"
)

func number(text string) *big.Int {
	bytes, _ := base64.RawURLEncoding.DecodeString(text)
	return new(big.Int).SetBytes(bytes)
}

func main() {
	var set struct{ Keys []struct{ Kid, N, E string } }
	file, _ := os.ReadFile(os.Args[1])
	json.Unmarshal(file, &set)
	jwk := set.Keys[0]
	key := &rsa.PublicKey{N: number(jwk.N), E: int(number(jwk.E).Int64())}
	parser := jwt.Parser{ValidMethods: []string{"RS256"}}
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		var asked struct {
			Token    string `json:"token"`
			Expected string `json:"expected_project_path"`
		}
		err := json.NewDecoder(request.Body).Decode(&asked)
		claims := jwt.MapClaims{}
		if err == nil {
			_, err = parser.ParseWithClaims(asked.Token, claims, func(token *jwt.Token) (interface{}, error) {
				if token.Header["kid"] != jwk.Kid {
					return nil, fmt.Errorf("unknown key")
				}
				return key, nil
			})
		}
		valid := err == nil && claims.VerifyIssuer("https://gitlab.example.com", true) &&
			claims.VerifyAudience("https://ci-runners.example.com", true) &&
			claims["project_path"] == asked.Expected
		answer.Header().Set("Content-Type", "application/json")
		json.NewEncoder(answer).Encode(map[string]bool{"valid": valid})
	})
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	http.Serve(listener, nil)
}
